package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"gocv.io/x/gocv"
	"golang.org/x/sys/unix"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/jpeg/jpegtest"
	"av_capture/src/internal/media"
)

// kinds are files of every supported kind, small enough to be cut at each byte.
var kinds = map[string]jpegtest.Options{
	"4:2:0":                  {Sampling: [2]int{2, 2}},
	"4:2:2":                  {Sampling: [2]int{2, 1}},
	"4:4:0":                  {Sampling: [2]int{1, 2}},
	"4:4:4":                  {},
	"4:1:1":                  {Sampling: [2]int{4, 1}},
	"grey":                   {Components: 1},
	"grey, odd sampling":     {Components: 1, Sampling: [2]int{2, 2}},
	"own tables":             {Sampling: [2]int{2, 1}, Optimized: true},
	"progressive":            {Sampling: [2]int{2, 2}, Progressive: true},
	"progressive grey":       {Components: 1, Progressive: true},
	"progressive, restarts":  {Sampling: [2]int{2, 2}, Progressive: true, Restart: 1},
	"restarts":               {Sampling: [2]int{2, 1}, Restart: 1},
	"restarts, few":          {Sampling: [2]int{2, 2}, Restart: 3},
	"separate scans":         {Sampling: [2]int{2, 2}, Separate: true},
	"separate, restarts":     {Sampling: [2]int{2, 1}, Separate: true, Restart: 2},
	"no tables":              {Sampling: [2]int{2, 1}, NoTables: true},
	"no tables, grey":        {Components: 1, NoTables: true},
	"no tables, restarts":    {Sampling: [2]int{2, 1}, NoTables: true, Restart: 10},
	"arithmetic":             {Sampling: [2]int{2, 2}, Arithmetic: true},
	"arithmetic progressive": {Sampling: [2]int{2, 2}, Arithmetic: true, Progressive: true},
}

// sized returns a file of a kind in a size.
func sized(kind jpegtest.Options, width, height int) []byte {
	kind.Width, kind.Height = width, height
	return jpegtest.Encode(kind)
}

// jpegImage returns a file as an image of a source.
func jpegImage(file []byte) *media.Image {
	return &media.Image{Data: file, Encoding: media.JPEG, Stamp: 5, Sequence: 6, Stamped: media.StampDriver}
}

// forEachKind runs a test for each kind of file.
func forEachKind(t *testing.T, test func(t *testing.T, kind jpegtest.Options)) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) { test(t, kind) })
	}
}

func TestCheckDescribesWholeFiles(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind jpegtest.Options) {
		components := kind.Components
		if components == 0 {
			components = 3
		}
		for width := 1; width <= 35; width++ {
			for _, height := range []int{1, 7, 8, 9, 16, 17, 33} {
				data := sized(kind, width, height)
				file, err := jpeg.Check(data, jpeg.MaxPixels)
				if err != nil {
					t.Fatalf("%dx%d: %v", width, height, err)
				}
				if file.Width != width || file.Height != height || file.Components != components || file.TablesMissing != kind.NoTables {
					t.Fatalf("%dx%d is described as %dx%d of %d components, tables missing %t", width, height, file.Width, file.Height, file.Components, file.TablesMissing)
				}
				if !bytes.Equal(file.Data, data) {
					t.Fatalf("%dx%d: the file is %d bytes of %d", width, height, len(file.Data), len(data))
				}
			}
		}
	})
}

func TestCheckFindsTheFileInItsBuffer(t *testing.T) {
	whole := sized(kinds["4:2:2"], 24, 16)
	header := whole[:bytes.Index(whole, []byte{0xff, 0xda})]
	for name, data := range map[string][]byte{
		"zeros behind":        append(bytes.Clone(whole), make([]byte, 1000)...),
		"garbage behind":      append(bytes.Clone(whole), "\xff\xd8\xff\xe0garbage\xff\xd9"...),
		"zeros before":        append(make([]byte, 3), whole...),
		"fill bytes before":   append([]byte{0xff, 0xff}, whole...),
		"start marker twice":  append([]byte{0xff, 0xd8}, whole...),
		"header twice":        append(bytes.Clone(header), whole...),
		"start marker thrice": append([]byte{0xff, 0xd8, 0xff, 0xd8}, whole...),
	} {
		if file, err := jpeg.Check(data, jpeg.MaxPixels); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(file.Data, whole) {
			t.Errorf("%s: the file is %d bytes, want %d", name, len(file.Data), len(whole))
		}
	}
	// Between the segments they belong to the file.
	at := bytes.Index(whole, []byte{0xff, 0xdb})
	for name, between := range map[string]string{"fill bytes": "\xff\xff\xff", "stray bytes": "\x00\x17\xff\x00"} {
		padded := append(append(bytes.Clone(whole[:at]), between...), whole[at:]...)
		if file, err := jpeg.Check(padded, jpeg.MaxPixels); err != nil || !bytes.Equal(file.Data, padded) {
			t.Errorf("%s between segments: %d bytes of %d, %v", name, len(file.Data), len(padded), err)
		}
	}
}

// Kinds of damage have different words.
func TestErrorsNameTheLikelyCause(t *testing.T) {
	whole := sized(jpegtest.Options{Sampling: [2]int{2, 1}, Restart: 1}, 80, 32)
	frame := bytes.Index(whole, []byte{0xff, 0xc0})
	scan := bytes.Index(whole, []byte{0xff, 0xda})
	changed := func(at int, to ...byte) []byte {
		file := bytes.Clone(whole)
		copy(file[at:], to)
		return file
	}
	without := func(from, to int) []byte { return append(bytes.Clone(whole[:from]), whole[to:]...) }
	// The first segment with a marker.
	segment := func(marker byte) (from, to int) {
		from = bytes.Index(whole, []byte{0xff, marker})
		return from, from + 2 + int(binary.BigEndian.Uint16(whole[from+2:]))
	}
	restart := bytes.Index(whole, []byte{0xff, 0xd2})
	next := bytes.Index(whole, []byte{0xff, 0xd3})
	quantizer, behind := segment(0xdb)
	huffman, behindHuffman := segment(0xc4)
	twice := append(bytes.Clone(whole[:len(whole)-20]), whole...)
	for _, c := range []struct {
		name string
		data []byte
		kind error
		says string
	}{
		{"nothing", nil, jpeg.ErrDamaged, "empty"},
		{"one byte", []byte{0xff}, jpeg.ErrDamaged, "no JPEG"},
		{"zeros", make([]byte, 5000), jpeg.ErrDamaged, "no JPEG"},
		{"text", []byte("HTTP/1.0 404 Not Found"), jpeg.ErrDamaged, "no JPEG"},
		{"begins in the middle", whole[10:], jpeg.ErrDamaged, "no JPEG"},
		{"half", whole[:len(whole)/2], jpeg.ErrDamaged, "cut off: no end marker"},
		{"without the end marker", whole[:len(whole)-2], jpeg.ErrDamaged, "cut off: no end marker"},
		{"within the header", whole[:frame+4], jpeg.ErrDamaged, "cut off: no end marker"},
		{"two in one", twice, jpeg.ErrDamaged, "the next image begins"},
		{"nothing within", []byte("\xff\xd8\xff\xd9"), jpeg.ErrDamaged, "no image"},
		{"no scan", append(bytes.Clone(whole[:scan]), 0xff, 0xd9), jpeg.ErrDamaged, "no image"},
		{"a restart interval lost", without(restart, next), jpeg.ErrDamaged, "restart markers"},
		{"eight restart intervals lost", without(restart, bytes.LastIndex(whole, []byte{0xff, 0xd2})), jpeg.ErrDamaged, "restart markers"},
		{"no restart interval", without(segment(0xdd)), jpeg.ErrDamaged, "restart markers"},
		{"quantization table lost", without(quantizer, behind), jpeg.ErrDamaged, "quantization table"},
		{"one Huffman table lost", without(huffman, behindHuffman), jpeg.ErrDamaged, "Huffman table"},
		{"impossible length", changed(quantizer+2, 0, 1), jpeg.ErrDamaged, "impossible length"},
		{"no width", changed(frame+7, 0, 0), jpeg.ErrDamaged, "impossible length or content"},
		{"no height", changed(frame+5, 0, 0), jpeg.ErrUnsupported, "DNL"},
		{"12 bits", changed(frame+4, 12), jpeg.ErrUnsupported, "12 bits"},
		{"lossless", changed(frame+1, 0xc3), jpeg.ErrUnsupported, "lossless"},
		{"20000x20000", changed(frame+5, 0x4e, 0x20, 0x4e, 0x20), jpeg.ErrTooLarge, "20000x20000 is larger than the limit of 67108864 pixels"},
		{"CMYK", sized(jpegtest.Options{Components: 4}, 16, 16), jpeg.ErrUnsupported, "4 colour components"},
		{"data for a smaller image", changed(frame+5, 0x10, 0, 0x10, 0), jpeg.ErrDamaged, "a hole"},
		{"unknown marker", append([]byte{0xff, 0xd8, 0xff, 0x17}, whole[2:]...), jpeg.ErrDamaged, "unknown marker 0x17"},
		{"garbage in the header", append(append(bytes.Clone(whole[:frame]), bytes.Repeat([]byte{7}, 1500)...), whole[frame:]...), jpeg.ErrDamaged, "stray bytes"},
	} {
		_, err := jpeg.Check(c.data, jpeg.MaxPixels)
		if !errors.Is(err, c.kind) || !strings.HasPrefix(err.Error(), "jpeg: ") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q with %q", c.name, err, c.kind, c.says)
		}
		for _, other := range []error{jpeg.ErrDamaged, jpeg.ErrTooLarge, jpeg.ErrUnsupported} {
			if other != c.kind && errors.Is(err, other) {
				t.Errorf("%s: %v is %q too", c.name, err, other)
			}
		}
	}
}

func TestLimitHoldsBeforeDecoding(t *testing.T) {
	file := sized(kinds["4:2:0"], 40, 30)
	if _, err := jpeg.Check(file, 40*30); err != nil {
		t.Error(err)
	}
	if _, err := jpeg.Check(file, 40*30-1); !errors.Is(err, jpeg.ErrTooLarge) {
		t.Errorf("Check: got %v", err)
	}
	d := jpeg.Decoder{Limit: 40*30 - 1}
	defer d.Close()
	if _, err := d.Decode(jpegImage(file), "bgr8"); !errors.Is(err, jpeg.ErrTooLarge) {
		t.Errorf("Decode: got %v", err)
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	files := map[string][]byte{}
	for name, kind := range kinds {
		files[name] = sized(kind, 64, 48)
	}
	got := testing.AllocsPerRun(10, func() {
		for name, file := range files {
			if _, err := jpeg.Check(file, jpeg.MaxPixels); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}

// Every beginning of a file is damaged: for Check, Decoder and Verify.
func TestNoBeginningOfAFileIsWhole(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind jpegtest.Options) {
		var d jpeg.Decoder
		defer d.Close()
		whole := sized(kind, 33, 18)
		for n := range whole {
			cut := whole[:n:n]
			if _, err := jpeg.Check(cut, jpeg.MaxPixels); !errors.Is(err, jpeg.ErrDamaged) {
				t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
			}
			// With an end marker only the decoder can tell, unless only the last bits
			// are lost.
			if n < len(whole)-6 {
				ended := append(bytes.Clone(cut), 0xff, 0xd9)
				if _, err := d.Decode(jpegImage(ended), "bgr8"); err == nil && !kind.Progressive && !kind.Arithmetic {
					t.Fatalf("%d of %d bytes and an end marker were decoded", n, len(whole))
				}
			}
		}
	})
}

// reference returns a file as OpenCV decodes it.
func reference(t *testing.T, file []byte, encoding string) []byte {
	t.Helper()
	flags := gocv.IMReadColor
	if encoding == "mono8" {
		flags = gocv.IMReadGrayScale
	}
	mat, err := gocv.IMDecode(file, flags|gocv.IMReadIgnoreOrientation)
	if err != nil {
		t.Fatal(err)
	}
	defer mat.Close()
	data := mat.ToBytes()
	if encoding == "rgb8" {
		for i := 0; i < len(data); i += 3 {
			data[i], data[i+2] = data[i+2], data[i]
		}
	}
	return data
}

func TestPixelsAreThoseOfOpenCV(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind jpegtest.Options) {
		var d jpeg.Decoder
		defer d.Close()
		var verifier jpeg.Verifier
		for _, size := range [][2]int{{1, 1}, {2, 3}, {64, 48}, {65, 47}, {66, 46}, {67, 45}, {17, 1}, {1, 17}, {160, 120}} {
			file := sized(kind, size[0], size[1])
			for encoding, channels := range map[string]int{"bgr8": 3, "rgb8": 3, "mono8": 1} {
				got, err := d.Decode(jpegImage(file), encoding)
				if err != nil {
					t.Fatalf("%v, %s: %v", size, encoding, err)
				}
				if got.Width != size[0] || got.Height != size[1] || got.Step != channels*size[0] || got.Encoding != encoding ||
					got.Stamp != 5 || got.Sequence != 6 || got.Stamped != media.StampDriver {
					t.Fatalf("%v, %s: got %dx%d %s, step %d", size, encoding, got.Width, got.Height, got.Encoding, got.Step)
				}
				if want := reference(t, file, encoding); !bytes.Equal(got.Data, want) {
					t.Fatalf("%v, %s: the %d bytes are not OpenCV's %d", size, encoding, len(got.Data), len(want))
				}
			}
			checked, err := jpeg.Check(file, jpeg.MaxPixels)
			if err != nil {
				t.Fatal(err)
			}
			if err := verifier.Verify(checked); err != nil {
				t.Fatalf("%v: verifying: %v", size, err)
			}
		}
	})
}

// A file without tables is the same image as the file with them, also after a file
// that had tables of its own, and when it is completed.
func TestMissingTablesAreSupplied(t *testing.T) {
	var d jpeg.Decoder
	defer d.Close()
	var complete []byte
	for _, options := range []jpegtest.Options{
		{Width: 64, Height: 48, Sampling: [2]int{2, 1}, Quality: 70},
		{Width: 33, Height: 50, Sampling: [2]int{2, 2}, Restart: 2},
		{Width: 50, Height: 33, Components: 1, Quality: 100},
	} {
		with := jpegtest.Encode(options)
		options.NoTables = true
		without := jpegtest.Encode(options)
		options.NoTables, options.Optimized = false, true
		own := jpegtest.Encode(options)
		if _, err := d.Decode(jpegImage(own), "bgr8"); err != nil {
			t.Fatal(err)
		}
		if len(without) >= len(with) || bytes.Contains(without, []byte{0xff, 0xc4}) {
			t.Fatal("the file has tables")
		}
		want := reference(t, with, "bgr8")
		got, err := d.Decode(jpegImage(without), "bgr8")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Data, want) {
			t.Error("decoded to another image")
		}
		file, err := jpeg.Check(append(make([]byte, 5), without...), jpeg.MaxPixels)
		if err != nil {
			t.Fatal(err)
		}
		complete = jpeg.AppendWithTables(complete[:0], file)
		again, err := jpeg.Check(complete, jpeg.MaxPixels)
		if err != nil || again.TablesMissing || len(again.Data) != len(complete) {
			t.Errorf("completed: %v, tables missing %t, %d bytes of %d", err, again.TablesMissing, len(again.Data), len(complete))
		}
		if !bytes.Equal(reference(t, complete, "bgr8"), want) {
			t.Error("completed to another image")
		}
		if unchanged := jpeg.AppendWithTables([]byte("before"), again); string(unchanged) != "before"+string(complete) {
			t.Error("a complete file was changed")
		}
	}
}

// Bytes changed at random never crash the decoder, which decodes no file that Check
// refuses.
func TestChangedBytesNeverCrash(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var d jpeg.Decoder
	defer d.Close()
	var verifier jpeg.Verifier
	for name, kind := range kinds {
		whole := sized(kind, 48, 32)
		for range 300 {
			file := bytes.Clone(whole)
			for range 1 + random.IntN(8) {
				file[random.IntN(len(file))] = byte(random.IntN(256))
			}
			if random.IntN(4) == 0 {
				file = file[:random.IntN(len(file)):len(file)]
			}
			checked, checking := jpeg.Check(file, 1<<16)
			if checking == nil {
				d.Limit = 1 << 16
				checking = verifier.Verify(checked)
			}
			if got, err := d.Decode(jpegImage(file), "bgr8"); (got == nil) != (err != nil) || (checking == nil) != (err == nil) {
				t.Fatalf("%s: got an image %t, error %v, check %v", name, got != nil, err, checking)
			}
		}
	}
}

// One of four files of a stream is damaged in its data, behind an intact
// structure: neither pixels of the one before nor made-up ones come out.
func TestDamagedDataGivesNoPixels(t *testing.T) {
	var d jpeg.Decoder
	defer d.Close()
	var verifier jpeg.Verifier
	whole := sized(jpegtest.Options{Sampling: [2]int{2, 1}}, 160, 120)
	data := bytes.Index(whole, []byte{0xff, 0xda}) + 14
	half := append(bytes.Clone(whole[:data+(len(whole)-data)/2]), 0xff, 0xd9)
	for i := range 16 {
		file, want := whole, error(nil)
		if i%4 == 2 {
			file, want = half, jpeg.ErrDamaged
		}
		checked, err := jpeg.Check(file, jpeg.MaxPixels)
		if err != nil {
			t.Fatalf("the structure: %v", err)
		}
		if err := verifier.Verify(checked); !errors.Is(err, want) {
			t.Errorf("image %d: verifying gave %v", i, err)
		}
		got, err := d.Decode(jpegImage(file), "bgr8")
		if !errors.Is(err, want) || (err != nil) != (got == nil) {
			t.Errorf("image %d: got an image %t, %v", i, got != nil, err)
		}
		if want != nil && !strings.Contains(err.Error(), "premature end of data segment") {
			t.Errorf("image %d: the reason is %v", i, err)
		}
	}
}

// Zeros in place of lost packets are found at any quality: the decoder runs out of data,
// or has much of it left over.
func TestZerosInTheDataAreDamage(t *testing.T) {
	var d jpeg.Decoder
	defer d.Close()
	var verifier jpeg.Verifier
	for _, quality := range []int{50, 80, 95, 99} {
		whole := jpegtest.Encode(jpegtest.Options{Width: 320, Height: 240, Sampling: [2]int{2, 1}, Quality: quality})
		data := bytes.Index(whole, []byte{0xff, 0xda}) + 14
		for i := range 8 {
			file := bytes.Clone(whole)
			from := data + (len(whole)-data)*i/10
			clear(file[from : from+len(whole)/8])
			checked, err := jpeg.Check(file, jpeg.MaxPixels)
			if err != nil {
				t.Fatalf("quality %d: %v", quality, err)
			}
			if err := verifier.Verify(checked); !errors.Is(err, jpeg.ErrDamaged) {
				t.Errorf("quality %d, zeros from byte %d of %d on: verifying gave %v", quality, from, len(whole), err)
			}
			if _, err := d.Decode(jpegImage(file), "bgr8"); !errors.Is(err, jpeg.ErrDamaged) {
				t.Errorf("quality %d, zeros from byte %d of %d on: decoding gave %v", quality, from, len(whole), err)
			}
		}
	}
}

// Foscam's cameras write parameters into a scan's header that are wrong for baseline, and
// that decoders ignore.
func TestParametersWithoutMeaningAreNoDamage(t *testing.T) {
	var d jpeg.Decoder
	defer d.Close()
	file := sized(kinds["4:2:0"], 64, 48)
	want := reference(t, file, "bgr8")
	last := bytes.Index(file, []byte{0xff, 0xda}) + 4 + 1 + 2*3 + 1 // the end of the spectral selection
	if file[last] != 63 {
		t.Fatalf("the parameter is %d", file[last])
	}
	file[last] = 0
	got, err := d.Decode(jpegImage(file), "bgr8")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Data, want) {
		t.Error("another image")
	}
}

// Logitech's cameras send some stray bytes before restart markers and the end.
func TestStrayBytesBeforeMarkersAreNoDamage(t *testing.T) {
	var d jpeg.Decoder
	defer d.Close()
	whole := sized(kinds["restarts"], 64, 48)
	want := reference(t, whole, "bgr8")
	for _, marker := range []byte{0xd0, 0xd3, 0xd9} {
		at := bytes.LastIndex(whole, []byte{0xff, marker})
		for _, n := range []int{1, 2, 14} {
			file := append(append(bytes.Clone(whole[:at]), bytes.Repeat([]byte{0x17}, n)...), whole[at:]...)
			got, err := d.Decode(jpegImage(file), "bgr8")
			if err != nil {
				t.Errorf("%d bytes before 0x%02x: %v", n, marker, err)
			} else if !bytes.Equal(got.Data, want) {
				t.Errorf("%d bytes before 0x%02x: another image", n, marker)
			}
		}
	}
}

// The library's warnings and errors become errors: it prints nothing.
func TestNothingIsWrittenToStderr(t *testing.T) {
	captured := stderr(t, func() {
		var d jpeg.Decoder
		defer d.Close()
		whole := sized(kinds["4:2:0"], 64, 48)
		for n := len(whole) - 40; n > 600; n -= 100 {
			if _, err := d.Decode(jpegImage(append(bytes.Clone(whole[:n]), 0xff, 0xd9)), "bgr8"); err == nil {
				t.Error("a hole was decoded")
			}
		}
		at := bytes.LastIndex(whole, []byte{0xff, 0xd9})
		if _, err := d.Decode(jpegImage(append(append(bytes.Clone(whole[:at]), 1, 2, 3, 4, 5), 0xff, 0xd9)), "bgr8"); err != nil {
			t.Error(err)
		}
	})
	if captured != "" {
		t.Errorf("on stderr: %q", captured)
	}
}

func TestDecoderServesAgainAfterAnythingAndAfterClose(t *testing.T) {
	var d jpeg.Decoder
	file := sized(kinds["4:2:0"], 64, 48)
	want := reference(t, file, "bgr8")
	for range 2 {
		for _, wrong := range [][]byte{nil, make([]byte, 100), file[:200], sized(kinds["4:2:0"], 1, 1)} {
			_, _ = d.Decode(jpegImage(wrong), "bgr8")
			got, err := d.Decode(jpegImage(file), "bgr8")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Data, want) {
				t.Error("another image")
			}
		}
		if _, err := d.Decode(jpegImage(file), "yuv422_yuy2"); err == nil || errors.Is(err, jpeg.ErrDamaged) {
			t.Errorf("an encoding that is not made: %v", err)
		}
		d.Close()
		d.Close()
	}
}

func FuzzDecode(f *testing.F) {
	for _, kind := range kinds {
		whole := sized(kind, 17, 9)
		f.Add(whole)
		f.Add(whole[:len(whole)*3/4])
		f.Add(whole[:len(whole)/4])
		f.Add(append(make([]byte, 7), whole...))
	}
	f.Add([]byte{})
	f.Add([]byte("garbage"))
	f.Add([]byte("\xff\xd8\xff"))
	f.Add([]byte("\xff\xd8\xff\xc0\x00"))
	f.Add([]byte("\xff\xd8\xff\xda\x00\x0c\x03"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 14
		data = data[:len(data):len(data)]
		file, checking := jpeg.Check(data, limit)
		d := jpeg.Decoder{Limit: limit}
		defer d.Close()
		img, err := d.Decode(jpegImage(data), "bgr8")
		switch {
		case checking != nil && err == nil:
			t.Fatalf("decoded what the check refuses: %v", checking)
		case checking != nil:
			return
		case err == nil && (img.Width != file.Width || img.Height != file.Height || len(img.Data) != 3*img.Width*img.Height):
			t.Fatalf("decoded %dx%d of %dx%d to %d bytes", img.Width, img.Height, file.Width, file.Height, len(img.Data))
		}
		if len(file.Data) > len(data) || file.Width*file.Height > limit {
			t.Fatalf("a file of %d bytes, %dx%d", len(file.Data), file.Width, file.Height)
		}
		complete, again := jpeg.Check(jpeg.AppendWithTables(nil, file), limit)
		if again != nil || complete.TablesMissing {
			t.Fatalf("completed: %v", again)
		}
		var verifier jpeg.Verifier
		verified := verifier.Verify(file)
		if err == nil && verified != nil || errors.Is(err, jpeg.ErrDamaged) && verified == nil {
			t.Fatalf("decoding: %v, verifying: %v", err, verified)
		}
	})
}

// stderr returns the bytes written to stderr's descriptor while do runs.
func stderr(t *testing.T, do func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	restore, err := redirect(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	do()
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sizes are those of the images that benchmarks decode.
var sizes = [][2]int{{640, 480}, {1920, 1080}}

func benchmark(b *testing.B, work func(b *testing.B, file []byte)) {
	for _, size := range sizes {
		file := jpegtest.Encode(jpegtest.Options{Width: size[0], Height: size[1], Sampling: [2]int{2, 1}, Quality: 80})
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			b.ReportAllocs()
			work(b, file)
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	benchmark(b, func(b *testing.B, file []byte) {
		for b.Loop() {
			if _, err := jpeg.Check(file, jpeg.MaxPixels); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Decoding and verifying in turns with OpenCV's decoding, in processor time of the thread,
// which depends less on other programs than the time that passes.
func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(b *testing.B, file []byte) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		var d jpeg.Decoder
		defer d.Close()
		img := jpegImage(file)
		mat := gocv.NewMat()
		defer mat.Close()
		checked, err := jpeg.Check(file, jpeg.MaxPixels)
		if err != nil {
			b.Fatal(err)
		}
		var verifier jpeg.Verifier
		var decoding, verifying, opencv time.Duration
		for b.Loop() {
			start := threadTime(b)
			if _, err := d.Decode(img, "bgr8"); err != nil {
				b.Fatal(err)
			}
			between := threadTime(b)
			if err := gocv.IMDecodeIntoMat(file, gocv.IMReadColor|gocv.IMReadIgnoreOrientation, &mat); err != nil {
				b.Fatal(err)
			}
			decoding += between - start
			start = threadTime(b)
			opencv += start - between
			if err := verifier.Verify(checked); err != nil {
				b.Fatal(err)
			}
			verifying += threadTime(b) - start
		}
		b.ReportMetric(0, "ns/op") // of all three together
		for name, spent := range map[string]time.Duration{"decode": decoding, "verify": verifying, "opencv": opencv} {
			b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "us-"+name+"/op")
		}
	})
}

// threadTime returns this thread's processor time.
func threadTime(b *testing.B) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}
