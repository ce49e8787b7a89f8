package node

import (
	"testing"
	"time"
)

func TestInterestIsAskedForOnceUntilItMayHaveChanged(t *testing.T) {
	var i interest
	now, asked := time.Minute, 0
	get := func(when string, told, wantAsked bool) {
		t.Helper()
		before := asked
		got := i.get(now, func() bool { asked++; return told })
		if wantAsked != (asked > before) {
			t.Errorf("%s: the middleware was asked: %t, want %t", when, asked > before, wantAsked)
		}
		if wantAsked && got != told {
			t.Errorf("%s: got %t, the middleware says %t", when, got, told)
		}
		if !wantAsked && got == told {
			t.Errorf("%s: got %t, not the answer of before", when, got)
		}
	}
	get("first", false, true)
	get("at once", true, false)
	now += interestLimit - 1
	get("soon", true, false)
	i.change()
	get("after a change", true, true)
	get("at once", false, false)
	now += interestLimit
	get("long after", false, true)
}

func TestInterestThatChangesWhileItIsAskedForIsAskedForAgain(t *testing.T) {
	var i interest
	if i.get(time.Minute, func() bool { i.change(); return false }) {
		t.Error("got an answer that was not given")
	}
	if !i.get(time.Minute, func() bool { return true }) {
		t.Error("got the answer of before the change")
	}
}

func TestInterestAllocatesNothing(t *testing.T) {
	var i interest
	told := true
	if got := testing.AllocsPerRun(100, func() {
		i.change()
		i.get(time.Minute, func() bool { return told })
	}); got != 0 {
		t.Errorf("%v allocations, want 0", got)
	}
}
