package v4l2

import (
	"fmt"

	"av_capture/src/internal/media"
)

// negotiate sets the format and the size.
func (s *Source) negotiate(c *camera, path string, formats []Format) error {
	width, height := s.config.Width, s.config.Height
	if width == 0 {
		width, height = 640, 480
	}
	f := c.native.pixelFormat
	step := 0
	if s.padding > 0 {
		step = f.rowBytes(width) + s.padding
	}
	got, err := c.device.setFormat(f.code, width, height, step)
	switch {
	case err != nil:
		return busy(path, err)
	case got.format != f.code:
		return fmt.Errorf("the device gives %v where %v was asked for: %w", got.format, f.code, media.ErrUnsupported)
	case s.config.Width > 0 && (got.width != width || got.height != height):
		return fmt.Errorf("image_width x image_height %dx%d is refused, the device gives %dx%d with %v; it offers %s: %w",
			width, height, got.width, got.height, f.code, offers(formats, s.config.PixelFormat), media.ErrUnsupported)
	case c.native.convert && f.cropped && (got.width%2 != 0 || f.chroma != packed && f.chroma != planes422 && got.height%2 != 0):
		return fmt.Errorf("images of %dx%d, %v cannot be converted to %s, as pixels share their chroma in pairs: take an even image_width and image_height: %w",
			got.width, got.height, f.code, s.config.PixelFormat, media.ErrUnsupported)
	case c.native.convert && s.config.Converter == nil:
		return fmt.Errorf("nothing converts %v to %s: %w", f.code, s.config.PixelFormat, media.ErrUnsupported)
	}
	c.driverFormat = got
	if err := c.driverFormat.check(f); err != nil || f.compressed() {
		return err
	}
	c.planes = f.planes(got.width, got.height, c.driverFormat.steps[0])
	return nil
}

// negotiateRate sets the rate of a device that is not streaming yet, and returns its rate
// [images/s], 0 if the driver does not tell.
func (s *Source) negotiateRate(c *camera) (float64, error) {
	var wanted interval
	if s.config.FrameRate > 0 {
		offered := c.device.rates(c.driverFormat.format, c.driverFormat.width, c.driverFormat.height)
		wanted = intervalOf(chooseRate(offered, s.config.FrameRate))
	}
	got, err := c.device.setInterval(wanted)
	return got.rate(), err
}
