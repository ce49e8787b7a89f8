//go:build go1.25

package service

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestJobsRunOneAfterAnother(t *testing.T) {
	var q queue
	var got []int
	for i := range 100 {
		q.add(t.Context(), func() { got = append(got, i) }, func() { t.Error("a job had no turn") })
	}
	q.wait()
	if len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("got %v, want 0 to 99 in order", got)
	}
}

func TestAJobWhoseTimeIsOverWaitsForNobodyAndHidesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q queue
		release := make(chan struct{})
		var mu sync.Mutex
		var acts []string
		act := func(name string) {
			mu.Lock()
			defer mu.Unlock()
			acts = append(acts, name)
		}
		no := func() { act("refused") }
		q.add(t.Context(), func() {
			<-release
			act("first")
		}, no)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		q.add(ctx, func() { act("beside the first") }, func() { act("late") })
		q.add(t.Context(), func() { act("last") }, no)
		time.Sleep(time.Minute)
		close(release)
		q.wait()
		if want := []string{"late", "first", "last"}; !slices.Equal(acts, want) {
			t.Errorf("got %q, want %q", acts, want)
		}
	})
}
