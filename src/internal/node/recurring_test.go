package node

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said returns the seconds at which something is logged, and the sum of all counts, where
// events are added in each second.
func said(r *Recurring, events []uint64) (at []int, sum uint64) {
	for second, n := range events {
		// A little early and late in turns.
		now := time.Duration(second)*time.Second + time.Duration(second%2)*100*time.Millisecond + time.Hour
		if due, _ := r.Add(n, now); due > 0 {
			at, sum = append(at, second), sum+due
		}
	}
	return at, sum
}

// each returns n, count times.
func each(n uint64, count int) []uint64 { return slices.Repeat([]uint64{n}, count) }

func TestTroubleThatGoesOnIsLoggedLessAndLessOften(t *testing.T) {
	at, sum := said(&Recurring{}, append(each(3, 255), 0))
	if diff := cmp.Diff([]int{0, 2, 6, 14, 30, 62, 126, 190, 254}, at); diff != "" {
		t.Errorf("logged at (-want +got):\n%s", diff)
	}
	if sum != 3*255 {
		t.Errorf("%d are logged, want %d", sum, 3*255)
	}
}

func TestTroubleBeforeAPauseEndsIsLoggedAtItsEnd(t *testing.T) {
	at, sum := said(&Recurring{}, []uint64{1, 0, 1, 1, 0, 0, 0, 0, 0})
	if diff := cmp.Diff([]int{0, 2, 6}, at); diff != "" || sum != 3 {
		t.Errorf("%d are logged, want 3, at (-want +got):\n%s", sum, diff)
	}
}

func TestTroubleAfterAQuietPauseIsLoggedAtOnce(t *testing.T) {
	events := slices.Concat(each(1, 31), each(0, 40), each(1, 1), each(0, 1), each(1, 1))
	at, sum := said(&Recurring{}, events)
	if diff := cmp.Diff([]int{0, 2, 6, 14, 30, 71, 73}, at); diff != "" || sum != 33 {
		t.Errorf("%d are logged, want 33, at (-want +got):\n%s", sum, diff)
	}
}

func TestMessagesSayForHowLong(t *testing.T) {
	var r Recurring
	if due, span := r.Add(7, time.Minute); due != 7 || span != "" {
		t.Errorf("got %d%q, want 7 at once", due, span)
	}
	r.Add(3, 61*time.Second)
	if due, span := r.Add(4, 62*time.Second); due != 7 || span != " in the last 2 s" {
		t.Errorf("got %d%q, want 7 in the last 2 s", due, span)
	}
}
