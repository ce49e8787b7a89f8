package opencv

import (
	"errors"
	"fmt"
	"strings"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/media"
)

// openPipeline starts a pipeline. It is called on the capture's thread.
func (s *Source) openPipeline(c *videoCapture) error {
	video, err := newVideo(s.config.Device, capGStreamer)
	if err != nil && !errors.Is(err, errNotOpened) {
		return err
	}
	if err != nil {
		return fmt.Errorf("GStreamer cannot start this pipeline: try it with gst-launch-1.0; OPENCV_LOG_LEVEL=DEBUG tells more: %w", media.ErrAbsent)
	}
	p := fromBGR(s.config.PixelFormat)
	if strings.Contains(s.config.Device, "GRAY8") {
		// Of other pipelines one channel may be a Bayer mosaic or a JPEG.
		p.grey = fromGrey(s.config.PixelFormat)
	}
	c.setUp(video, p)
	s.describe(c, "a GStreamer pipeline")
	if c.format.Width <= 0 || c.format.Height <= 0 {
		return fmt.Errorf("GStreamer finds no images at the pipeline's end: %w", media.ErrUnsupported)
	}
	if err := media.CheckSize(c.format.Width, c.format.Height); err != nil {
		return err
	}
	c.period = timing.Period(c.format.FrameRate)
	return nil
}
