package webcam

import (
	"testing"
	"time"

	"av_capture/src/internal/acquire"
)

func TestAStampThatIsNotOfTheMonotonicClockCountsAsAbsent(t *testing.T) {
	const last, at = 1000 * time.Second, 1000*time.Second + 40*time.Millisecond
	const period = time.Second / 30
	for _, test := range []struct {
		name    string
		driver  time.Duration
		want    time.Duration
		from    acquire.StampSource
		notices int
	}{
		{"between", last + 33*time.Millisecond, last + 33*time.Millisecond, acquire.StampDriver, 0},
		{"now", at, at, acquire.StampDriver, 0},
		{"zero", 0, at, acquire.StampArrival, 1},
		{"the one before again", last, at, acquire.StampArrival, 1},
		{"the time of day", 1_795_590_000 * time.Second, at, acquire.StampArrival, 1},
		{"the end of a period that is not over", at + 10*time.Millisecond, at, acquire.StampArrival, 0},
	} {
		notices := 0
		source := New(Config{Device: "0", Notice: func(string) { notices++ }})
		c := &capture{period: period, at: at, position: float64(test.driver) / float64(time.Millisecond)}
		stamp, from := source.stamp(c, last)
		if stamp != test.want || from != test.from || notices != test.notices {
			t.Errorf("%s: got %v from %s, %d notices, want %v from %s, %d", test.name, stamp, from, notices, test.want, test.from, test.notices)
		}
	}
}
