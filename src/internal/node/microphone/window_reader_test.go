package microphone

import (
	"errors"
	"io"
	"testing"

	"av_capture/src/internal/buffer"
)

func TestWindowsFollowEachOther(t *testing.T) {
	const size, hop = 4, 2
	type window struct {
		first   uint64
		follows bool
	}
	// 10 audio frames are passed over at once.
	for name, c := range map[string]struct {
		fill   func(*buffer.Ring)
		wanted func(asked int) bool
		silent bool // the middleware does not tell of subscriptions
		want   []window
	}{
		"overlapping": {
			fill:   func(r *buffer.Ring) { r.Write(make([]byte, 9)) },
			wanted: func(int) bool { return true },
			want:   []window{{100, true}, {102, true}, {104, true}},
		},
		"none reaches over a gap": {
			fill: func(r *buffer.Ring) {
				r.Write(make([]byte, 5))
				r.Skip(20)
				r.Write(make([]byte, 6))
			},
			wanted: func(int) bool { return true },
			want:   []window{{100, true}, {125, false}, {127, true}},
		},
		"nobody wants the first": {
			fill:   func(r *buffer.Ring) { r.Write(make([]byte, 26)) },
			wanted: func(asked int) bool { return asked > 1 },
			want:   []window{{120, false}, {122, true}},
		},
		"nobody wants the first two, and the middleware does not tell": {
			fill:   func(r *buffer.Ring) { r.Write(make([]byte, 10)) },
			wanted: func(asked int) bool { return asked > 1 },
			silent: true,
			want:   []window{{104, false}, {106, true}},
		},
		"nobody wants any": {
			fill:   func(r *buffer.Ring) { r.Write(make([]byte, 26)) },
			wanted: func(int) bool { return false },
		},
	} {
		t.Run(name, func(t *testing.T) {
			ring := buffer.NewRing(1, 50, 100)
			asked := 0
			windows := &windowReader{
				reader: ring.NewReader(), head: ring.Head, pause: 10, at: 100,
				wanted: func() bool { asked++; return c.wanted(asked - 1) },
				told:   func() bool { return !c.silent },
			}
			c.fill(ring)
			ring.Close()
			for i := 0; ; i++ {
				first, follows, err := windows.next(t.Context(), make([]byte, size), size, hop)
				if errors.Is(err, io.EOF) {
					if i != len(c.want) {
						t.Errorf("%d windows, want %d", i, len(c.want))
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := (window{first, follows}); i >= len(c.want) || got != c.want[i] {
					t.Fatalf("window %d: got %+v, want %+v", i, got, c.want)
				}
			}
		})
	}
}
