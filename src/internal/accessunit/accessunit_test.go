package accessunit_test

import (
	"bytes"
	"errors"
	"os/exec"
	"slices"
	"testing"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/nut"
)

// encode returns the access units of a video of ffmpeg's, whose key frames are five images
// apart.
func encode(t *testing.T, encoder string, options ...string) [][]byte {
	t.Helper()
	args := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=5", "-t", "2", "-c:v", encoder, "-g", "5", "-bf", "0", "-pix_fmt", "yuv420p"}
	out, err := exec.Command("ffmpeg", append(append(args, options...), "-f", "nut", "-")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	r := nut.NewReader(bytes.NewReader(out))
	if _, err := r.Open(); err != nil {
		t.Fatal(err)
	}
	var units [][]byte
	for range 10 {
		p, err := r.Next()
		data := make([]byte, p.Size)
		if err == nil {
			err = r.Read(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, data)
	}
	return units
}

// codecs are ffmpeg's encoders, with the option by which parameter sets stand before each key
// frame.
var codecs = map[string][]string{
	accessunit.H264: {"libx264", "-flags:v", "-global_header", "-bsf:v", "dump_extra=freq=keyframe"}, // ffmpeg 7 ignores the first with NUT
	accessunit.HEVC: {"libx265", "-x265-params", "log-level=none:repeat-headers=1", "-flags:v", "-global_header"},
}

func TestKeyFramesAndTheirParameterSetsAreFound(t *testing.T) {
	for codec, encoder := range codecs {
		for i, unit := range encode(t, encoder[0], encoder[1:]...) {
			got, err := accessunit.Inspect(codec, unit)
			if want := (accessunit.Info{Picture: true, Key: i%5 == 0, Parameters: i%5 == 0}); err != nil || got != want {
				t.Errorf("%s %d: %+v, %v, want %+v", codec, i, got, err, want)
			}
		}
	}
}

func TestKeyFramesGetTheirParameterSets(t *testing.T) {
	for codec, encoder := range codecs {
		units := encode(t, encoder[0], encoder[1:]...)
		// As of a camera that sends them once, in a buffer of their own.
		sets, bare := split(codec, units[0])
		c := accessunit.NewCompleter(codec)
		if got, info, err := c.Complete(bare); err != nil || info.Parameters || !bytes.Equal(got, bare) {
			t.Errorf("%s: a key frame without any is %+v, %v", codec, info, err)
		}
		if got, info, err := c.Complete(sets); err != nil || got != nil || info.Picture {
			t.Errorf("%s: parameter sets alone are %d bytes, %+v, %v", codec, len(got), info, err)
		}
		got, info, err := c.Complete(bare)
		if want := slices.Concat(sets, bare); err != nil || !info.Parameters || !info.Key || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d; %+v, %v", codec, len(got), len(want), info, err)
		}
		for _, unit := range units {
			if got, _, err := c.Complete(unit); err != nil || !bytes.Equal(got, unit) || &got[0] != &unit[0] {
				t.Errorf("%s: a unit is not passed on as it is, %v", codec, err)
			}
		}
	}
}

// split parts a key frame into its parameter sets and the rest, each NAL unit behind a start
// code of four bytes.
func split(codec string, unit []byte) (sets, rest []byte) {
	for nal := range bytes.SplitSeq(unit, []byte{0, 0, 1}) {
		nal = bytes.TrimRight(nal, "\x00")
		if len(nal) == 0 {
			continue
		}
		whole := slices.Concat([]byte{0, 0, 0, 1}, nal)
		number := nal[0] & 0x1f
		isSet := number == 7 || number == 8
		if codec == accessunit.HEVC {
			number = nal[0] >> 1 & 0x3f
			isSet = number >= 32 && number <= 34
		}
		if isSet {
			sets = append(sets, whole...)
		} else {
			rest = append(rest, whole...)
		}
	}
	return sets, rest
}

func TestOtherDataAreRefused(t *testing.T) {
	for _, data := range []string{"", "\x00", "\x00\x00\x00", "\x00\x00\x00\x05\x65abcd", "\xff\xd8\xff\x00\x00\x01"} {
		if info, err := accessunit.Inspect(accessunit.H264, []byte(data)); !errors.Is(err, accessunit.ErrFormat) {
			t.Errorf("%x is %+v", data, info)
		}
	}
	if _, err := accessunit.Inspect("vp8", []byte("\x00\x00\x01\x65")); !errors.Is(err, accessunit.ErrFormat) {
		t.Error("vp8 is taken")
	}
}

// FuzzComplete checks that what comes out ends in what went in, and that a unit that was
// completed is left as it is.
func FuzzComplete(f *testing.F) {
	f.Add(true, []byte("\x00\x00\x01\x67a\x00\x00\x01\x68b"), []byte("\x00\x00\x00\x01\x65c"))
	f.Add(false, []byte("\x00\x00\x01\x40\x01a\x00\x00\x01\x42\x01a\x00\x00\x01\x44\x01b"), []byte("\x00\x00\x00\x01\x26\x01c"))
	f.Add(true, []byte("\x00\x00\x01"), []byte("\x00\x00\x01\x00\x00\x01\x67\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, h264 bool, first, second []byte) {
		codec := accessunit.HEVC
		if h264 {
			codec = accessunit.H264
		}
		c := accessunit.NewCompleter(codec)
		for range 3 {
			for _, data := range [][]byte{first, second} {
				got, info, err := c.Complete(data)
				if (got == nil) != (err != nil || !info.Picture) || got != nil && !bytes.HasSuffix(got, data) {
					t.Fatalf("%x becomes %x, %+v, %v", data, got, info, err)
				}
				if got == nil || !info.Parameters {
					continue
				}
				if again, info, err := accessunit.NewCompleter(codec).Complete(got); err != nil || !info.Picture || info.Key && !bytes.Equal(again, got) {
					t.Fatalf("%x becomes %x, %+v, %v", got, again, info, err)
				}
			}
		}
	})
}
