package camera

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said returns the seconds at which something is logged, and the sum of all counts, where
// lost images are added in each second.
func said(t *testing.T, l *lossLog, lost []uint64) (at []int, sum uint64) {
	t.Helper()
	for second, n := range lost {
		// A little early and late in turns.
		now := time.Duration(second)*time.Second + time.Duration(second%2)*100*time.Millisecond + time.Hour
		if text := l.add(n, now); text != "" {
			count, _, _ := strings.Cut(text, " ")
			logged, err := strconv.ParseUint(count, 10, 64)
			if err != nil {
				t.Fatalf("%q has no count", text)
			}
			at, sum = append(at, second), sum+logged
		}
	}
	return at, sum
}

// each returns n, count times.
func each(n uint64, count int) []uint64 { return slices.Repeat([]uint64{n}, count) }

func TestLossesThatGoOnAreLoggedLessAndLessOften(t *testing.T) {
	at, sum := said(t, &lossLog{}, append(each(3, 255), 0))
	if diff := cmp.Diff([]int{0, 2, 6, 14, 30, 62, 126, 190, 254}, at); diff != "" {
		t.Errorf("logged at (-want +got):\n%s", diff)
	}
	if sum != 3*255 {
		t.Errorf("%d are logged, want %d", sum, 3*255)
	}
}

func TestLossesBeforeAPauseEndsAreLoggedAtItsEnd(t *testing.T) {
	at, sum := said(t, &lossLog{}, []uint64{1, 0, 1, 1, 0, 0, 0, 0, 0})
	if diff := cmp.Diff([]int{0, 2, 6}, at); diff != "" || sum != 3 {
		t.Errorf("%d are logged, want 3, at (-want +got):\n%s", sum, diff)
	}
}

func TestALossAfterAQuietPauseIsLoggedAtOnce(t *testing.T) {
	var l lossLog
	lost := slices.Concat(each(1, 31), each(0, 40), each(1, 1), each(0, 1), each(1, 1))
	at, sum := said(t, &l, lost)
	if diff := cmp.Diff([]int{0, 2, 6, 14, 30, 71, 73}, at); diff != "" || sum != 33 {
		t.Errorf("%d are logged, want 33, at (-want +got):\n%s", sum, diff)
	}
}

func TestMessagesSayForHowLong(t *testing.T) {
	var l lossLog
	const text = "7 images lost: publishing is slower than the source, or the device lost them"
	if got := l.add(7, time.Minute); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
	l.add(3, 61*time.Second)
	if got, want := l.add(4, 62*time.Second), text+" (in the last 2 s)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
