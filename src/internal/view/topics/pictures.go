package topics

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"runtime"
	"time"

	"av_capture/src/internal/imaging"
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// quality is that of JPEG made here: planes and spectra, and images of cameras that publish
// no compressed ones.
const quality = 90

// maxFile is the size of the largest compressed image that is passed on [bytes].
const maxFile = 16 << 20

// pictures takes images. The goroutine of the wait set uses it.
type pictures struct {
	feed    *view.Feed
	filter  *subscriber.PublisherFilter // of the subscription
	encoder imaging.Encoder
}

func (p *pictures) close() { p.encoder.Close() }

// takeFile hands on a compressed image.
func (p *pictures) takeFile(m *sensor_msgs_msg.CompressedImage, info *rclgo.MessageInfo, err error) {
	if nothingTaken(p.feed, err) || !p.filter.Hears(info.PublisherGID, time.Now()) || !p.feed.PictureCame() {
		return
	}
	kind, err := checkFile(m)
	if err != nil {
		p.feed.Problem(err.Error())
		return
	}
	p.feed.Picture(view.Picture{
		Stamp:   stampOf(m.Header.Stamp.Sec, m.Header.Stamp.Nanosec),
		Arrived: milliseconds(time.Now()),
		Type:    kind,
		File:    m.Data,
	})
}

// checkFile returns the media type of a compressed image, or an error if it cannot be shown.
// A small file can name a size for which a browser takes all memory: that is an error, too.
func checkFile(m *sensor_msgs_msg.CompressedImage) (kind string, err error) {
	kind = mediaType(m.Data)
	if len(m.Data) > maxFile {
		return "", fmt.Errorf("an image has %d bytes, at most %d are shown", len(m.Data), maxFile)
	}
	var width, height int
	switch kind {
	case "image/jpeg":
		var file jpeg.File
		file, err = jpeg.Check(m.Data, media.MaxPixels)
		width, height = file.Width, file.Height
	case "image/png":
		var config image.Config
		config, err = png.DecodeConfig(bytes.NewReader(m.Data))
		width, height = config.Width, config.Height
	default:
		return "", fmt.Errorf("its format is %.40q, and only JPEG and PNG can be shown", m.Format)
	}
	if err == nil {
		err = media.CheckSize(width, height)
	}
	if err != nil {
		return "", fmt.Errorf("an image cannot be shown: %w", err)
	}
	return kind, nil
}

// mediaType returns the media type of a file, by its first bytes, "" for others than JPEG
// and PNG.
func mediaType(file []byte) string {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	}
	return ""
}

// takeImage compresses an image, if a viewer is ready for it.
func (p *pictures) takeImage(m *sensor_msgs_msg.Image, info *rclgo.MessageInfo, err error) {
	if nothingTaken(p.feed, err) || !p.filter.Hears(info.PublisherGID, time.Now()) || !p.feed.PictureCame() {
		return
	}
	arrived := time.Now()
	img, err := imageOf(m)
	if err != nil {
		p.feed.Problem(err.Error())
		return
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(&img.Data[0])
	file, err := p.encoder.Encode(img, quality)
	if err != nil {
		p.feed.Problem(err.Error())
		return
	}
	p.feed.Picture(view.Picture{
		Stamp:   stampOf(m.Header.Stamp.Sec, m.Header.Stamp.Nanosec),
		Arrived: milliseconds(arrived),
		Type:    "image/jpeg",
		File:    bytes.Clone(file),
	})
}

// encodings are the encodings that can be shown, by the names that sensor_msgs has for
// them, with our names and bytes per pixel.
var encodings = map[string]struct {
	name string
	size int
}{
	"bgr8":        {"bgr8", 3},
	"8UC3":        {"bgr8", 3},
	"rgb8":        {"rgb8", 3},
	"mono8":       {"mono8", 1},
	"8UC1":        {"mono8", 1},
	"mono16":      {"mono16", 2},
	"yuv422_yuy2": {"yuv422_yuy2", 2},
	"yuyv":        {"yuv422_yuy2", 2},
	"yuv422":      {"uyvy", 2},
	"uyvy":        {"uyvy", 2},
}

// imageOf returns the image of a message, with its data, or an error if it cannot be shown.
func imageOf(m *sensor_msgs_msg.Image) (*media.Image, error) {
	encoding, ok := encodings[m.Encoding]
	if !ok {
		return nil, fmt.Errorf("its encoding is %.40q, which cannot be shown", m.Encoding)
	}
	if m.Encoding == "mono16" && m.IsBigendian != 0 {
		return nil, fmt.Errorf("its encoding is mono16 with the most significant byte first, which cannot be shown")
	}
	if m.Width > media.MaxSide || m.Height > media.MaxSide {
		return nil, media.CheckSize(media.MaxSide+1, 1)
	}
	width, height, step := int(m.Width), int(m.Height), int(m.Step)
	if err := media.CheckSize(width, height); err != nil {
		return nil, err
	}
	if step < width*encoding.size || step > media.MaxImageSize || len(m.Data) < step*height {
		return nil, fmt.Errorf("an image is invalid: %dx%d %s, step %d, %d bytes of data", width, height, m.Encoding, m.Step, len(m.Data))
	}
	return &media.Image{Data: m.Data[:step*height], Width: width, Height: height, Step: step, Encoding: encoding.name}, nil
}
