package v4l2

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/poll"
)

// Run emits images until ctx ends, and then returns nil. Images that need no conversion lie
// in the driver's own memory; their buffer is queued again when emit has returned. Run
// allocates nothing of Go's heap per image.
//
// It returns [media.ErrLost] when the device vanished or stalled.
func (s *Source) Run(ctx context.Context, emit func(*media.Image)) error {
	c := s.camera
	done, release, err := clock.DoneFD(ctx)
	if err != nil {
		return s.errorf("%w", err)
	}
	defer release()
	if err := c.queue.start(); err != nil {
		return s.errorf("%w", notStarted(err, c.alternative))
	}
	err = s.capture(ctx, c, done, emit)
	if stopErr := c.queue.stop(); err == nil && stopErr != nil && !errors.Is(stopErr, unix.ENODEV) {
		err = fmt.Errorf("stop: %w", stopErr)
	}
	if err != nil {
		return s.errorf("%w", err)
	}
	return nil
}

// capture emits images until ctx ends or the device is lost. done is a descriptor that can be
// read from once ctx has ended.
func (s *Source) capture(ctx context.Context, c *camera, done int, emit func(*media.Image)) error {
	limit := timing.StallLimit + 3*c.period
	deadline := clock.Monotonic() + timing.StartLimit + limit
	files := []unix.PollFd{{Fd: int32(c.device.fd), Events: unix.POLLIN}, {Fd: int32(done), Events: unix.POLLIN}}
	images, empty, failed := 0, 0, false
	stamps := timing.Stamper{Last: c.opened, Period: c.period}
	losses := lossCounter{gaps: timing.GapCounter{Period: c.period}}
	image := media.Image{}
	var filled dequeued
	for ctx.Err() == nil {
		some, err := c.queue.take(&filled)
		switch {
		case err != nil:
			return lost(images, err)
		case !some:
			left := deadline - clock.Monotonic()
			if left <= 0 {
				return lost(images, errSilent)
			}
			if failed {
				return lost(images, errFailed)
			}
			poll.WaitFor(files, left)
			// With most drivers the next take fails with the cause.
			failed = files[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0
			continue
		case filled.damaged && len(filled.parts[0]) == 0:
			// An empty buffer, as all are of a device that is unplugged. If an image was
			// lost with it, the driver's sequence number shows that.
			if empty++; empty > len(c.queue.buffers) {
				return lost(images, errEmpty)
			}
			if err := c.queue.put(filled.index); err != nil {
				return lost(images, err)
			}
			continue
		}
		empty, failed = 0, false
		now := clock.Monotonic()
		images++
		stamp, ofDriver, odd := stamps.Stamp(filled.stamp, now)
		image.Stamp, image.Stamped = stamp, media.StampArrival
		if ofDriver {
			image.Stamped = media.StampDriver
		}
		switch {
		case filled.stamp == 0:
			s.notice("stamp", "the driver's stamps are not on CLOCK_MONOTONIC, as it says itself: times of arrival are taken instead")
		case odd:
			s.notice("stamp", timing.OddStamp, filled.stamp, now)
		}
		missing := losses.lost(filled.sequence, filled.stamp)
		image.Sequence += missing
		if c.native.stream {
			s.askForKeyFrame(c, missing > 0 || filled.damaged, now)
		}
		if err := s.send(c, &filled, &image, emit); err != nil {
			return err
		}
		if err := c.queue.put(filled.index); err != nil {
			return lost(images, err)
		}
		// Counted from now, since emit may have taken long.
		deadline = clock.Monotonic() + limit
	}
	return nil
}

// send emits a filled buffer, unless it is above the wanted rate.
func (s *Source) send(c *camera, filled *dequeued, image *media.Image, emit func(*media.Image)) error {
	unwanted := c.drop.Unwanted(image.Stamp, c.period)
	wanted := !c.native.convert || s.config.Wanted == nil || s.config.Wanted()
	image.Damage = c.describe(filled, image, wanted)
	switch {
	case image.Damage == nil && unwanted:
		return nil
	case image.Damage != nil && !errors.Is(image.Damage, media.ErrDamaged):
		return image.Damage
	}
	out := image
	if image.Damage == nil && c.native.convert {
		convert := s.config.Converter.Convert
		if !wanted {
			convert = s.config.Converter.Describe
		}
		converted, err := convert(image)
		switch {
		case errors.Is(err, media.ErrDamaged):
			image.Damage = err
		case err != nil:
			return err
		default:
			out = converted
		}
	}
	if image.Damage != nil {
		image.Data = nil
	}
	emit(out)
	image.Sequence++
	return nil
}

// describe describes the image in a buffer, or returns why it is not whole. Planes are joined
// only if wanted; else there is no Data.
func (c *camera) describe(filled *dequeued, image *media.Image, wanted bool) error {
	pixels, f := c.native.pixelFormat, &c.driverFormat
	image.Width, image.Height, image.Encoding = f.width, f.height, pixels.encoding
	if filled.damaged {
		return fmt.Errorf("the driver marks it as damaged: %w", media.ErrDamaged)
	}
	data := filled.parts[0]
	if pixels.compressed() {
		if len(data) == 0 {
			return fmt.Errorf("it is empty: %w", media.ErrDamaged)
		}
		image.Data, image.Step = data, 0
		return nil
	}
	rows := 0
	for _, p := range c.planes {
		rows += p.rows
	}
	size := f.steps[0] * rows
	if !c.together() || size > cap(data) {
		image.Data, image.Step = nil, c.planes[0].rowBytes
		if !wanted {
			return checkPlanes(c.planes, filled, f.steps, pixels.split)
		}
		var err error
		image.Data, err = c.planeBuffer.join(c.planes, filled, f.steps, pixels.split)
		return err
	}
	if least := size - f.steps[0] + c.planes[0].rowBytes; len(data) < least {
		return cut(len(data), least)
	}
	// Some drivers do not count the last row's padding, which is in the buffer all the same.
	image.Data, image.Step = data[:size], f.steps[0]
	return nil
}

// together reports whether all rows of an image are a step apart.
func (c *camera) together() bool {
	f := c.native.pixelFormat
	return f.chroma == packed || f.chroma == interleaved420 && !f.split
}

// cut makes the error of an image that lacks bytes.
func cut(got, want int) error {
	return fmt.Errorf("%d of %d bytes arrived: %w", got, want, media.ErrDamaged)
}

// Ways in which a driver stops without an error of a request.
var (
	errSilent = errors.New("the driver is silent")
	errFailed = errors.New("the driver reports an error, and does not say which")
	errEmpty  = errors.New("the driver gives its buffers back empty")
)

// lost makes the error of a device that has stopped after so many images.
func lost(images int, why error) error {
	if errors.Is(why, unix.ENODEV) {
		return media.Unplugged(images)
	}
	if images == 0 {
		return fmt.Errorf("no image at all: %w; the USB bus may lack bandwidth, try a smaller size or rate: %w", why, media.ErrLost)
	}
	return fmt.Errorf("after %d images: %w: %w", images, why, media.ErrLost)
}

// notStarted makes the error of a device that does not begin to stream. alternative is a
// pixel_format that takes less of the bus, or empty.
func notStarted(err error, alternative string) error {
	switch {
	case errors.Is(err, unix.ENODEV):
		return fmt.Errorf("unplugged before it began: %w", media.ErrLost)
	case errors.Is(err, unix.ENOSPC):
		if alternative != "" {
			alternative = "pixel_format " + alternative + ", "
		}
		return fmt.Errorf("the USB bus has no bandwidth left: try %sa smaller size or rate, or a port of another bus: %w: %w", alternative, err, media.ErrLost)
	case errors.Is(err, unix.EPIPE), errors.Is(err, unix.ENOLINK):
		return fmt.Errorf("the sensor is not linked to this node, or gives another format: set the links up with media-ctl: %w: %w", err, media.ErrLost)
	}
	return fmt.Errorf("begin to capture: %w: %w", err, media.ErrLost)
}
