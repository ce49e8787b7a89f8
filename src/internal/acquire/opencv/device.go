package opencv

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

const (
	// failuresInARow are the failed reads after which the device is looked for: reads of a
	// device that is gone fail at once, and a signal makes a single read fail.
	failuresInARow = 3

	// retryPause is the pause before further reads.
	retryPause = 20 * time.Millisecond
)

// openDevice opens a V4L2 device. It is called on the capture's thread.
func (s *Source) openDevice(c *videoCapture) error {
	path, err := s.config.Resolve(s.config.Device)
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeCharDevice == 0 {
		return fmt.Errorf("%s is no V4L2 device: not a character device: %w", path, media.ErrUnknownDevice)
	}
	c.path = path
	if c.free, err = holder.Claim(path, s.config.Owner); err != nil {
		return err
	}
	video, err := newVideo(path, capV4L2)
	if err != nil && !errors.Is(err, errNotOpened) {
		return err
	}
	if err != nil {
		if users := holder.Users(path); len(users) > 0 {
			return fmt.Errorf("%s: %w", holder.Of(path), media.ErrBusy)
		}
		return fmt.Errorf("OpenCV cannot open it, and does not say why: it may be in use, or have no format that OpenCV reads; OPENCV_LOG_LEVEL=DEBUG tells more: %w", media.ErrAbsent)
	}
	p := fromBGR(s.config.PixelFormat)
	bytes := 3
	if code, ok := rawCodes[s.config.PixelFormat]; ok {
		// The format comes first: it fixes the shape of OpenCV's image.
		video.setCodec(code)
		p, bytes = raw, 2
	}
	if s.config.Width > 0 {
		video.set(propWidth, float64(s.config.Width))
		video.set(propHeight, float64(s.config.Height))
	}
	if s.config.FrameRate > 0 {
		video.set(propFPS, s.config.FrameRate)
	}
	if bytes == 2 {
		video.set(propConvertRGB, 0)
	}
	c.setUp(video, p)
	s.describe(c, path)
	padding, err := s.config.Padding(path)
	if err != nil {
		return err
	}
	switch width, height, code := c.format.Width, c.format.Height, video.codec(); {
	case bytes == 2 && code != rawCodes[s.config.PixelFormat]:
		return fmt.Errorf("the device gives %s where %s was asked for: %w", code, rawCodes[s.config.PixelFormat], media.ErrUnsupported)
	case !slices.Contains(trustedCodes, code):
		return fmt.Errorf("OpenCV has chosen the device's %s, of which it makes wrong images, or the one before again where one is damaged: take source v4l2: %w", code, media.ErrUnsupported)
	case padding != 0:
		return fmt.Errorf("the device has %d bytes of padding in each row, which OpenCV takes for pixels: take another image_width, or source v4l2: %w", padding, media.ErrUnsupported)
	case s.config.Width > 0 && (width != s.config.Width || height != s.config.Height):
		return fmt.Errorf("image_width x image_height %dx%d is refused, the device gives %dx%d: %w",
			s.config.Width, s.config.Height, width, height, media.ErrUnsupported)
	case bytes*width%4 != 0:
		return fmt.Errorf("image_width is %d, and OpenCV gets rows of %d bytes wrong, which are no multiple of 4: take another image_width, or source v4l2: %w",
			width, bytes*width, media.ErrUnsupported)
	}
	c.period = timing.Period(c.format.FrameRate)
	c.drop, c.format.FrameRate = timing.NewDecimator(c.format.FrameRate, s.config.FrameRate)
	return nil
}

// rawCodes are V4L2's names of the encodings that are the device's own data.
var rawCodes = map[string]string{"yuv422_yuy2": "YUYV", "uyvy": "UYVY"}

// trustedCodes are V4L2's names of formats that OpenCV converts correctly. JPEG is not
// among them, whose damage it overlooks, nor NV12 and NV21, which OpenCV 4.6 turns into
// RGB where it promises BGR.
var trustedCodes = []string{"BGR3", "RGB3", "YUYV", "UYVY", "YU12", "YV12", "GREY"}

// describe notes the format that OpenCV reports.
func (s *Source) describe(c *videoCapture, device string) {
	c.format = media.VideoFormat{
		Device:    device + " through OpenCV",
		Width:     int(c.video.get(propWidth)),
		Height:    int(c.video.get(propHeight)),
		FrameRate: media.FrameRate(c.video.get(propFPS)),
		Encoding:  s.config.PixelFormat,
	}
	// No image is older than this.
	c.image.Encoding, c.image.Stamp = s.config.PixelFormat, clock.Monotonic()
}

// runDevice reads images of a device or a pipeline until ctx ends or it is lost.
func (s *Source) runDevice(ctx context.Context, c *videoCapture, emit func(*media.Image)) error {
	limit := timing.StallLimit + 3*c.period
	gaps := timing.GapCounter{Period: c.period}
	stamps := timing.Stamper{Last: c.image.Stamp, Period: c.period}
	stalled := time.NewTimer(timing.StartLimit + limit)
	defer stalled.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	images, failures := 0, 0
	var failing time.Duration // since when, on CLOCK_MONOTONIC
	for ctx.Err() == nil {
		c.start(c.readCall)
		select {
		case <-c.returned:
			c.finish()
		case <-ctx.Done():
			return nil
		case <-stalled.C:
			return lost(images, "OpenCV gives no image")
		}
		if !c.ok {
			if failures == 0 {
				failing = c.at
			}
			if failures++; failures <= failuresInARow {
				continue
			}
			if err := s.present(c, images); err != nil {
				return err
			}
			if !clock.WaitUntil(ctx, timer, clock.Monotonic()+retryPause) {
				return nil
			}
			if c.at-failing > timing.StallLimit {
				return lost(images, "every read fails")
			}
			continue
		}
		failures = 0
		if c.err != nil {
			return c.err
		}
		if c.image.Width != c.format.Width || c.image.Height != c.format.Height {
			return fmt.Errorf("OpenCV gives images of %dx%d where it said %dx%d: %w", c.image.Width, c.image.Height, c.format.Width, c.format.Height, media.ErrLost)
		}
		images++
		stalled.Reset(limit)
		s.stamp(c, &stamps)
		if c.image.Stamped == media.StampDriver {
			c.image.Sequence += gaps.Lost(c.image.Stamp)
		}
		if c.drop.Unwanted(c.image.Stamp, c.period) {
			continue
		}
		emit(&c.image)
		c.image.Sequence++
	}
	return nil
}

// stamp dates an image: by the time of the driver's buffer, which OpenCV passes on for a
// V4L2 device, else by its arrival.
func (s *Source) stamp(c *videoCapture, stamps *timing.Stamper) {
	driver := time.Duration(0)
	if s.config.Kind == Device {
		driver = time.Duration(math.Round(c.position*1000)) * time.Microsecond
	}
	stamp, ofDriver, odd := stamps.Stamp(driver, c.at)
	c.image.Stamp, c.image.Stamped = stamp, media.StampArrival
	if ofDriver {
		c.image.Stamped = media.StampDriver
	}
	if odd && s.config.Kind == Device {
		s.notice("stamp", timing.OddStamp, driver, c.at)
	}
}

// present fails if a V4L2 device is gone, after so many images.
func (s *Source) present(c *videoCapture, images int) error {
	if s.config.Kind != Device {
		return nil
	}
	if _, err := os.Stat(c.path); err != nil {
		return media.Unplugged(images)
	}
	return nil
}

// lost makes the error of an input that has stopped.
func lost(images int, why string) error {
	if images == 0 {
		return fmt.Errorf("no image at all: %s: %w", why, media.ErrLost)
	}
	return fmt.Errorf("after %d images: %s: %w", images, why, media.ErrLost)
}
