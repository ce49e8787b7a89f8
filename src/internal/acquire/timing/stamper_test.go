package timing_test

import (
	"testing"
	"time"

	"av_capture/src/internal/acquire/timing"
)

func TestAStampThatIsNotOfTheMonotonicClockCountsAsAbsent(t *testing.T) {
	const last, now = 1000 * time.Second, 1000*time.Second + 40*time.Millisecond
	for name, test := range map[string]struct {
		driver, want  time.Duration
		ofDriver, odd bool
	}{
		"between":                   {last + 33*time.Millisecond, last + 33*time.Millisecond, true, false},
		"now":                       {now, now, true, false},
		"zero":                      {0, now, false, true},
		"the one before again":      {last, now, false, true},
		"the time of day":           {1_795_590_000 * time.Second, now, false, true},
		"the end of a period ahead": {now + 10*time.Millisecond, now, false, false},
	} {
		s := timing.Stamper{Last: last, Period: time.Second / 30}
		stamp, ofDriver, odd := s.Stamp(test.driver, now)
		if stamp != test.want || ofDriver != test.ofDriver || odd != test.odd {
			t.Errorf("%s: got %v, driver's %v, odd %v, want %v, %v, %v", name, stamp, ofDriver, odd, test.want, test.ofDriver, test.odd)
		}
		if next, _, _ := s.Stamp(test.driver, now); next <= stamp {
			t.Errorf("%s: the next stamp is %v after %v", name, next, stamp)
		}
	}
}
