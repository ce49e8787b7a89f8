package node

import (
	"testing"
	"time"
)

func TestPercentilesAreThoseOfTheNewestLatencies(t *testing.T) {
	var l Latencies
	if _, _, ok := l.percentiles(); ok {
		t.Error("percentiles of nothing are known")
	}
	l.Add(7 * time.Millisecond)
	if p50, p99, ok := l.percentiles(); p50 != 7*time.Millisecond || p99 != 7*time.Millisecond || !ok {
		t.Errorf("of one latency of 7 ms: %v, %v, %v", p50, p99, ok)
	}
	l.Reset()
	for i := range 100 { // 100 ms to 1 ms
		l.Add(time.Duration(100-i) * time.Millisecond)
	}
	if p50, p99, _ := l.percentiles(); p50 != 50*time.Millisecond || p99 != 99*time.Millisecond {
		t.Errorf("of 1 to 100 ms: %v, %v, want 50 and 99 ms", p50, p99)
	}
	for range len(l.ring) {
		l.Add(time.Second)
	}
	if p50, p99, _ := l.percentiles(); p50 != time.Second || p99 != time.Second {
		t.Errorf("after a ring full of 1 s: %v, %v, want 1 s", p50, p99)
	}
}

func TestLatenciesAllocateNothing(t *testing.T) {
	l := new(Latencies)
	if got := testing.AllocsPerRun(2000, func() { l.Add(time.Second); l.percentiles() }); got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
}
