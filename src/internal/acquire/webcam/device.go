package webcam

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	"gocv.io/x/gocv"
	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/cadence"
	"av_capture/src/internal/holder"
)

// When a device counts as lost.
const (
	// A camera may take seconds to start: it sets its exposure, and OpenCV
	// throws the first image away.
	firstImageLimit = 5 * time.Second

	// Without an image for this time and three periods a running device has
	// stalled. One whose every read fails for this time is no better.
	stallLimit = 1500 * time.Millisecond

	// OpenCV's reads of a device that is gone fail at once. A single failure
	// is a signal that came in between, so only after some of them the device
	// is asked whether it is there, and the next read waits.
	failuresInARow = 3
	retryPause     = 20 * time.Millisecond
)

// driverBuffers is how many images the driver keeps for a reader that is late.
// OpenCV's own 4 are gone after 133 ms at 30 images/s, and then images are
// lost without a trace. A reader that is in time sees no difference.
const driverBuffers = 8

// openDevice asks the device what it can do, chooses, and opens it with
// OpenCV. It is called on the capture's thread.
func (s *Source) openDevice(c *capture) error {
	path, err := resolve(s.config.Device, List)
	if err != nil {
		return err
	}
	c.path = path
	if c.free, err = holder.Claim(path, s.config.Owner); err != nil {
		return err
	}
	capability, formats, err := inspect(path)
	if err != nil {
		return err
	}
	formats = s.formats(formats)
	p, ok := choose(formats, s.config.PixelFormat, s.config.Width, s.config.Height, s.config.FrameRate)
	if !ok {
		return fmt.Errorf("pixel_format %s cannot be made of what the device offers: %s: %w",
			word(s.config.PixelFormat), offers(formats, s.config.PixelFormat), acquire.ErrUnsupported)
	}
	if err := s.negotiate(path, p, formats); err != nil {
		return err
	}

	video, err := gocv.VideoCaptureFileWithAPI(path, gocv.VideoCaptureV4L2)
	if err != nil {
		video.Close() // always nil
		// OpenCV does not say why; somebody may have been faster.
		if _, _, err := inspect(path); err != nil {
			return err
		}
		if err := s.negotiate(path, p, formats); err != nil {
			return err
		}
		return fmt.Errorf("%w; OPENCV_LOG_LEVEL=DEBUG tells more", err)
	}
	// The order matters. The buffers, the format and the size are set first,
	// each of which sets up the device anew, and the rate with it; the
	// conversion after them, because OpenCV fixes the shape of its image when
	// the format is set; the rate last, and not by OpenCV, which rounds it.
	video.Set(gocv.VideoCaptureBufferSize, driverBuffers)
	video.Set(gocv.VideoCaptureFOURCC, float64(p.format))
	if s.config.Width > 0 {
		video.Set(gocv.VideoCaptureFrameWidth, float64(s.config.Width))
		video.Set(gocv.VideoCaptureFrameHeight, float64(s.config.Height))
	}
	if p.raw {
		video.Set(gocv.VideoCaptureConvertRGB, 0)
	}
	c.use(video, p)

	if got := FourCC(video.Get(gocv.VideoCaptureFOURCC)); got != p.format {
		return fmt.Errorf("the device gives %v where %v was asked for: %w", got, p.format, acquire.ErrUnsupported)
	}
	rate, err := s.negotiateRate(path, p, formats)
	if err != nil {
		// Not every driver knows of rates. One that is gone will be noticed.
		s.notice("rate", "its rate is not known: %v", err)
	}
	c.period = cadence.Period(rate)
	c.drop, rate = cadence.New(rate, s.config.FrameRate)
	c.format = acquire.VideoFormat{
		Device:    fmt.Sprintf("%s (%s)", capability.card, path),
		Width:     int(video.Get(gocv.VideoCaptureFrameWidth)),
		Height:    int(video.Get(gocv.VideoCaptureFrameHeight)),
		FrameRate: rate,
		Encoding:  s.config.PixelFormat,
	}
	if s.config.Width > 0 && (c.format.Width != s.config.Width || c.format.Height != s.config.Height) {
		return s.refuseSize(c.format.Width, c.format.Height, p, formats)
	}
	if c.panel, err = openPanel(path); err != nil {
		s.notice("controls", "its controls cannot be set: %v", err)
	}
	// No image is older than this.
	c.image.Encoding, c.image.Stamp = s.config.PixelFormat, acquire.Monotonic()
	return nil
}

// Resolve returns the node of the camera that a name means (see [Config]), which
// is there, captures and may be opened by this process.
//
// The errors are [acquire.ErrAbsent], [acquire.ErrBusy] and
// [acquire.ErrUnknownDevice]; the text says which cameras there are instead.
func Resolve(name string) (path string, err error) {
	if path, err = resolve(name, List); err == nil {
		_, _, err = inspect(path)
	}
	return path, err
}

// Offers lists for people the formats, sizes and rates of the camera with a node.
func Offers(path string) string {
	_, formats, err := inspect(path)
	if err != nil {
		return err.Error()
	}
	return offers(formats, "")
}

// inspect asks a node what it is.
func inspect(path string) (capability, []Format, error) {
	n, err := openNode(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return capability{}, nil, fmt.Errorf("%w; %s: %w", err, describe(List()), acquire.ErrAbsent)
	case errors.Is(err, unix.EBUSY):
		return capability{}, nil, fmt.Errorf("%s: %w", holder.Of(path), acquire.ErrBusy)
	case errors.Is(err, fs.ErrPermission):
		return capability{}, nil, denied(path, err)
	case err != nil:
		return capability{}, nil, err
	}
	defer n.close()
	c, err := n.capability()
	switch {
	case errors.Is(err, unix.ENODEV):
		return capability{}, nil, fmt.Errorf("%w; %s: %w", err, describe(List()), acquire.ErrAbsent)
	case err != nil:
		return capability{}, nil, fmt.Errorf("no V4L2 device: %w; %s: %w", err, describe(List()), acquire.ErrUnknownDevice)
	case c.multiplanar && !c.capture:
		return capability{}, nil, fmt.Errorf("%s gives multi-planar video only, which OpenCV cannot read: %w", c.card, acquire.ErrUnsupported)
	case !c.capture:
		return capability{}, nil, fmt.Errorf("%s captures no video with this node; %s: %w", c.card, describe(List()), acquire.ErrUnknownDevice)
	}
	return c, n.formats(), nil
}

// negotiate makes sure that the device is free and takes the format and the
// size, which OpenCV would not tell.
func (s *Source) negotiate(path string, p plan, formats []Format) error {
	n, err := openNode(path)
	if err != nil {
		return err
	}
	defer n.close()
	// OpenCV's own size where none was asked for.
	width, height := s.config.Width, s.config.Height
	if width == 0 {
		width, height = 640, 480
	}
	got, err := n.setFormat(p.format, width, height)
	switch {
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%s: %w", holder.Of(path), acquire.ErrBusy)
	case err != nil:
		return err
	case got.format != p.format:
		return fmt.Errorf("the device gives %v where %v was asked for: %w", got.format, p.format, acquire.ErrUnsupported)
	case s.config.Width > 0 && (got.width != width || got.height != height):
		return s.refuseSize(got.width, got.height, p, formats)
	}
	if bytes := readables[rank(p.format)].rowBytes; bytes > 0 && got.step > bytes*got.width {
		return fmt.Errorf("the device's rows of %v are %d bytes long at a width of %d, which OpenCV cannot read: take another image_width: %w",
			p.format, got.step, got.width, acquire.ErrUnsupported)
	}
	return nil
}

// refuseSize says which size there is instead of the one that was asked for.
func (s *Source) refuseSize(width, height int, p plan, formats []Format) error {
	return fmt.Errorf("image_width x image_height %dx%d is refused, the device gives %dx%d with %v; it offers %s: %w",
		s.config.Width, s.config.Height, width, height, p.format, offers(formats, s.config.PixelFormat), acquire.ErrUnsupported)
}

// offers lists formats, those only that can become the encoding if there are
// any, with those of the same sizes and rates together.
func offers(formats []Format, encoding string) string {
	fitting := slices.DeleteFunc(slices.Clone(formats), func(f Format) bool {
		_, ok := planFor(f.FourCC, encoding)
		return !ok
	})
	if len(fitting) == 0 {
		fitting = formats
	}
	var order []string
	names := map[string][]string{} // by sizes
	for _, f := range fitting {
		sizes := f.sizes()
		if names[sizes] == nil {
			order = append(order, sizes)
		}
		names[sizes] = append(names[sizes], f.FourCC.String())
	}
	var texts []string
	for _, sizes := range order {
		texts = append(texts, strings.TrimSpace(strings.Join(names[sizes], "/")+" "+sizes))
	}
	if len(texts) == 0 {
		return "nothing that it tells of"
	}
	return strings.Join(texts, "; ")
}

// present returns nil if a device still answers.
func present(path string) error {
	n, err := openNode(path)
	if errors.Is(err, unix.EBUSY) {
		return nil // one open at a time: it is ours
	}
	if err != nil {
		return err
	}
	defer n.close()
	_, err = n.capability()
	return err
}

// runDevice reads images until ctx ends or the device is lost.
func (s *Source) runDevice(ctx context.Context, c *capture, emit func(*acquire.Image)) error {
	limit := stallLimit + 3*c.period
	gaps := cadence.GapCounter{Period: c.period}
	stalled := time.NewTimer(firstImageLimit + limit)
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
			return lost(images, "the driver is silent")
		}
		if !c.ok {
			if failures == 0 {
				failing = c.at
			}
			if failures++; failures <= failuresInARow {
				s.retries.Add(1)
				continue
			}
			if err := present(c.path); err != nil {
				return lost(images, err.Error())
			}
			if !acquire.WaitUntil(ctx, timer, acquire.Monotonic()+retryPause) {
				return nil
			}
			if c.at-failing > stallLimit {
				return lost(images, "every read fails")
			}
			continue
		}
		failures = 0
		if c.err != nil {
			return c.err
		}
		c.image.Stamp, c.image.Stamped = s.stamp(c, c.image.Stamp)
		images++
		stalled.Reset(limit)
		if c.image.Stamped == acquire.StampDriver {
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

// lost makes the error of a device that has stopped.
func lost(images int, why string) error {
	if images == 0 {
		return fmt.Errorf("no image at all: %s; the USB bus may lack bandwidth, try a smaller size or rate: %w", why, acquire.ErrLost)
	}
	return fmt.Errorf("after %d images: %s: %w", images, why, acquire.ErrLost)
}

// stamp returns when the image was acquired: the driver's time of the buffer,
// which is on CLOCK_MONOTONIC with all but odd drivers. Those that give zero,
// or the time of day, are found out: such a time does not lie between the
// image before (or the start) and now. The time at which the read returned is
// taken then. So it is, without a word, for a driver that stamps with the end
// of a period which is not over yet. Stamps always grow.
func (s *Source) stamp(c *capture, last time.Duration) (time.Duration, acquire.StampSource) {
	ahead := max(50*time.Millisecond, c.period)
	stamp := time.Duration(math.Round(c.position*1000)) * time.Microsecond
	switch {
	case stamp > last && stamp <= c.at:
		return stamp, acquire.StampDriver
	case stamp <= last || stamp > c.at+ahead:
		s.notice("stamp", "the driver stamps an image with %v, which is not between %v and %v on CLOCK_MONOTONIC: the time of arrival is taken instead", stamp, last, c.at)
	}
	return max(c.at, last+1), acquire.StampArrival
}
