package jpeg

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"av_capture/src/internal/jpeg/jpegtest"
)

// checked returns a file that Check takes.
func checked(t *testing.T, data []byte) File {
	t.Helper()
	file, err := Check(data, MaxPixels)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// One Verifier, with tables that change, reads all files of one sequential scan by itself,
// and leaves the others to libjpeg.
func TestVerifierReadsOneSequentialScan(t *testing.T) {
	var v Verifier
	for _, c := range []struct {
		name    string
		options jpegtest.Options
		itself  bool
	}{
		{"4:4:4", jpegtest.Options{}, true},
		{"4:2:2", jpegtest.Options{Sampling: [2]int{2, 1}}, true},
		{"4:2:0", jpegtest.Options{Sampling: [2]int{2, 2}}, true},
		{"4:1:1", jpegtest.Options{Sampling: [2]int{4, 1}}, true},
		{"grey", jpegtest.Options{Components: 1}, true},
		{"grey, odd sampling", jpegtest.Options{Components: 1, Sampling: [2]int{2, 2}}, true},
		{"no tables", jpegtest.Options{Sampling: [2]int{2, 1}, NoTables: true}, true},
		{"tables of its own", jpegtest.Options{Sampling: [2]int{2, 1}, Optimized: true}, true},
		{"restarts", jpegtest.Options{Sampling: [2]int{2, 1}, Restart: 1}, true},
		{"restarts, few", jpegtest.Options{Sampling: [2]int{2, 2}, Restart: 7}, true},
		{"separate scans", jpegtest.Options{Separate: true}, false},
		{"progressive", jpegtest.Options{Progressive: true}, false},
		{"arithmetic", jpegtest.Options{Arithmetic: true}, false},
	} {
		for _, quality := range []int{10, 50, 90, 100} {
			for _, size := range [][2]int{{1, 1}, {17, 9}, {64, 48}, {163, 121}} {
				c.options.Quality, c.options.Width, c.options.Height = quality, size[0], size[1]
				if got := v.whole(checked(t, jpegtest.Encode(c.options))); got != c.itself {
					t.Errorf("%s, quality %d, %v: %t", c.name, quality, size, got)
				}
			}
		}
	}
}

// Deviations of intact cameras are read too.
func TestVerifierReadsWhatCamerasSend(t *testing.T) {
	var v Verifier
	data := jpegtest.Encode(jpegtest.Options{Width: 64, Height: 48, Sampling: [2]int{2, 1}, Restart: 2})
	before := func(marker byte, bytesBefore string) []byte {
		at := bytes.LastIndex(data, []byte{prefix, marker})
		return append(append(bytes.Clone(data[:at]), bytesBefore...), data[at:]...)
	}
	for name, file := range map[string][]byte{
		"start marker twice":              append([]byte{prefix, markerSOI}, data...),
		"bytes behind":                    append(bytes.Clone(data), 1, 2, 3),
		"stray bytes before a restart":    before(markerRST0+3, "\x17\xff\x00\x17"),
		"stray bytes before the end":      before(markerEOI, "12345678901234"),
		"fill bytes before a restart":     before(markerRST0+3, "\xff\xff"),
		"a restart marker before the end": before(markerEOI, "\xff\xd3"),
	} {
		file := checked(t, file)
		if err := verify(file); err != nil {
			t.Errorf("%s: libjpeg says %v", name, err)
		}
		if !v.whole(file) {
			t.Errorf("%s: not whole", name)
		}
	}
	if file := checked(t, before(markerEOI, string(make([]byte, 40)))); v.whole(file) {
		t.Error("40 bytes before the end are whole")
	}
}

// No change of a file is whole that libjpeg finds damaged; nor does one that it does not find
// damaged often cost its time.
func TestVerifierIsNoLaxerThanLibjpeg(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var v Verifier
	agreed := map[bool]int{}
	for _, options := range []jpegtest.Options{
		{Sampling: [2]int{2, 1}, Quality: 60},
		{Sampling: [2]int{2, 2}, Quality: 98},
		{Sampling: [2]int{2, 1}, Restart: 2},
		{Components: 1, Optimized: true},
		{Sampling: [2]int{2, 1}, NoTables: true},
	} {
		options.Width, options.Height = 64, 48
		data := jpegtest.Encode(options)
		for i := range 2000 {
			changed := bytes.Clone(data)
			// Headers too, and bytes that are lost or come twice.
			for range 1 + random.IntN(3) {
				from, to := random.IntN(len(changed)), random.IntN(20)
				switch i % 4 {
				case 0:
					changed[from] = byte(random.IntN(256))
				case 1:
					changed[from] ^= 1 << random.IntN(8)
				case 2:
					changed = append(changed[:from:from], changed[min(from+to, len(changed)):]...)
				case 3:
					changed = append(changed[:from:from], changed[max(0, from-to):]...)
				}
			}
			file, err := Check(changed, MaxPixels)
			if err != nil {
				continue
			}
			whole, err := v.whole(file), verify(file)
			if whole && err != nil {
				t.Fatalf("%+v, change %d: libjpeg says %v", options, i, err)
			}
			if whole == (err == nil) {
				agreed[whole]++
			}
		}
	}
	if agreed[true] < 500 || agreed[false] < 500 {
		t.Errorf("agreed on %v", agreed)
	}
}
