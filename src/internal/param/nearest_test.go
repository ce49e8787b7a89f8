package param

import "testing"

func TestEditDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"framrate", "framerate", 1}, {"widht", "width", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3},
	} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"image_width", "image_height", "framerate", "gain", "focus", "autofocus", "source"}
	for name, want := range map[string]string{
		"image_widht": "image_width", "width": "image_width", "frame_rate": "framerate", "gian": "gain", "autofocs": "autofocus",
		"foucs": "focus", "x": "", "exposure_auto": "", "": "",
	} {
		if got, _ := nearest(name, names); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func FuzzEditDistanceIsAMetric(f *testing.F) {
	f.Add("framerate", "frame_rate")
	f.Add("ab", "ba")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		distance := editDistance(a, b)
		if distance != editDistance(b, a) {
			t.Errorf("%q, %q: %d one way, %d the other", a, b, distance, editDistance(b, a))
		}
		if (distance == 0) != (a == b) {
			t.Errorf("%q, %q: got %d", a, b, distance)
		}
		if low, high := max(len(a), len(b))-min(len(a), len(b)), max(len(a), len(b)); distance < low || distance > high {
			t.Errorf("%q, %q: got %d, want %d to %d", a, b, distance, low, high)
		}
	})
}
