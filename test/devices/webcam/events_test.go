package main

import "testing"

func TestEventsAreAtInstantsOfImages(t *testing.T) {
	e := &events{}
	e.begin(1e9)
	e.setInterval(66666600)
	e.wanted = 500e6 // 7.5 images: 8
	const period = 8 * 66666600
	for _, each := range []struct{ from, want int64 }{
		{1e9, 1e9}, {1e9 + 1, 1e9 + period}, {1e9 + period, 1e9 + period}, {9e9, 1e9 + 16*period},
	} {
		if got, there := e.next(each.from); !there || got != each.want {
			t.Errorf("after %d is %d, want %d", each.from, got, each.want)
		}
	}
	e.wanted = 0
	if _, there := e.next(0); there {
		t.Error("there is one, want none")
	}
}
