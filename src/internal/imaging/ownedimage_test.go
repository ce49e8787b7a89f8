package imaging

import (
	"testing"

	"av_capture/src/internal/media"
)

func TestPictureKeepsACopy(t *testing.T) {
	var p OwnedImage
	defer p.Close()
	for _, encoding := range []string{"bgr8", "mono8", yuyv} {
		img := randomImage(t, 10, 4, encoding)
		if err := p.Copy(img); err != nil {
			t.Fatal(err)
		}
		want := string(img.Data)
		clear(img.Data)
		if string(p.Data) != want || p.Width != 10 || p.Height != 4 || p.Step != img.Step || p.Encoding != encoding || p.Stamp != 12 || p.Sequence != 34 {
			t.Errorf("%s: got %+v", encoding, p.Image)
		}
	}
}

func TestPictureLeavesPaddingOut(t *testing.T) {
	img := randomImage(t, 6, 3, "bgr8")
	img.Width = 5
	var p OwnedImage
	defer p.Close()
	if err := p.Copy(img); err != nil {
		t.Fatal(err)
	}
	want := string(img.Data[:15]) + string(img.Data[18:33]) + string(img.Data[36:51])
	if string(p.Data) != want || p.Step != 15 {
		t.Errorf("got step %d and %v, want step 15 and %v", p.Step, p.Data, []byte(want))
	}
}

func TestPictureCopiesCompressedImages(t *testing.T) {
	file := randomImage(t, 1000, 1, "mono8")
	img := &media.Image{Data: file.Data[:777], Width: 640, Height: 480, Encoding: media.JPEG}
	var p OwnedImage
	defer p.Close()
	for _, length := range []int{777, 12, 700} {
		img.Data = file.Data[:length]
		if err := p.Copy(img); err != nil {
			t.Fatal(err)
		}
		if string(p.Data) != string(img.Data) || p.Width != 640 || p.Height != 480 || p.Step != 0 || p.Encoding != media.JPEG {
			t.Errorf("%d bytes: got %d, %+v", length, len(p.Data), p.Image)
		}
	}
}

func TestMemoryOfALargePictureIsGivenBack(t *testing.T) {
	var p OwnedImage
	defer p.Close()
	sizes := func(width, height int) int {
		if err := p.Copy(&media.Image{Width: width, Height: height, Step: width, Encoding: "mono8", Data: make([]byte, width*height)}); err != nil {
			t.Fatal(err)
		}
		if len(p.Data) != width*height {
			t.Errorf("%d bytes of %dx%d", len(p.Data), width, height)
		}
		return p.size
	}
	if large, small := sizes(8000, 8000), sizes(640, 480); small != 640*480 {
		t.Errorf("%d bytes are kept after %d", small, large)
	}
	before := p.memory.Ptr()
	if sizes(64, 48); p.memory.Ptr() != before {
		t.Error("the memory of a usual image was not kept")
	}
}
