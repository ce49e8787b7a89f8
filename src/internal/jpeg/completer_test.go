package jpeg_test

import (
	"bytes"
	"testing"
	"unsafe"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/jpeg/jpegtest"
	"av_capture/src/internal/media"
)

// A file without Huffman tables goes out with them, from memory that is taken
// once; a file that has them goes out from where it is.
func TestCompressedImagesAreCompleted(t *testing.T) {
	check := func(data []byte) jpeg.File {
		t.Helper()
		file, err := jpeg.Check(data, jpeg.MaxPixels)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	options := jpegtest.Options{Width: 64, Height: 48, Sampling: [2]int{2, 1}}
	with := check(jpegtest.Encode(options))
	options.NoTables = true
	without := check(jpegtest.Encode(options))

	var c jpeg.Completer
	defer c.Close()
	if got := c.Complete(with); unsafe.SliceData(got) != unsafe.SliceData(with.Data) || len(got) != len(with.Data) {
		t.Error("a complete file was copied")
	}
	complete := check(c.Complete(without))
	if complete.TablesMissing {
		t.Error("the tables are still missing")
	}
	var d, e jpeg.Decoder
	defer d.Close()
	defer e.Close()
	decode := func(d *jpeg.Decoder, file jpeg.File) []byte {
		t.Helper()
		img, err := d.Decode(&media.Image{Data: file.Data, Encoding: media.JPEG}, "bgr8")
		if err != nil {
			t.Fatal(err)
		}
		return img.Data
	}
	if !bytes.Equal(decode(&d, complete), decode(&e, with)) {
		t.Error("another image")
	}
	if n := testing.AllocsPerRun(10, func() { c.Complete(without) }); n != 0 {
		t.Errorf("%v allocations for each file", n)
	}
}
