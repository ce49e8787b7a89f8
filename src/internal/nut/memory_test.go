package nut

import "testing"

func TestMemoryOfALargeImageIsGivenBack(t *testing.T) {
	var m Memory
	defer m.Free()
	for _, c := range []struct {
		size int
		new  bool
	}{{1 << 20, true}, {100, false}, {1<<20 + 1<<17, false}, {200 << 20, true}, {100 << 20, false}, {1 << 20, true}} {
		before := len(m.bytes)
		data, err := m.Room(c.size)
		if err != nil || len(data) != c.size {
			t.Fatalf("%d bytes of %d, %v", len(data), c.size, err)
		}
		if got := len(m.bytes) != before; got != c.new {
			t.Errorf("%d bytes are in memory of %d, before %d: new is %v, want %v", c.size, len(m.bytes), before, got, c.new)
		}
		if len(m.bytes) > large && c.size < len(m.bytes)/8 {
			t.Errorf("%d bytes are kept for %d", len(m.bytes), c.size)
		}
	}
}
