package node

import (
	"context"
	"sync/atomic"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/param"
)

// viewing is a source with what its images are put through.
type viewing struct {
	node        *Camera
	source      acquire.VideoSource
	orientation atomic.Pointer[acquire.Orientation]

	// The source's goroutine uses these.
	sized   acquire.Image // an image with its true size
	resized bool          // it has been said that the size changes
}

// viewing makes a source.
func (c *Camera) viewing(config CameraConfig) (*viewing, error) {
	named := config
	named.Node = c.node.FullyQualifiedName()
	source, err := c.open(named, c.Warn)
	if err != nil {
		return nil, err
	}
	v := &viewing{node: c, source: source}
	v.turn(config.Orientation)
	return v, nil
}

// turn sets how the next images are turned. Any goroutine may call it.
func (v *viewing) turn(o acquire.Orientation) { v.orientation.Store(&o) }

// session opens the source once and publishes its images until it fails.
func (v *viewing) session(ctx context.Context, opened func(map[string]param.Value), up func()) error {
	format, err := v.source.Open(ctx)
	if err != nil {
		return err
	}
	defer v.source.Close()
	c := v.node
	defer c.watchControls(ctx, v.source)()
	c.meter.open(format)
	opened(cameraGives(format))
	live := false
	v.resized = false
	return v.source.Run(ctx, func(img *acquire.Image) {
		if !live {
			// Only now: a device may open and then give nothing.
			live = true
			up()
			c.log.Infof("capturing from %s: %dx%d, %s, %.4g images/s",
				format.Device, format.Width, format.Height, format.Encoding, format.FrameRate)
		}
		v.publish(v.trueSize(img, format))
	})
}

// trueSize returns an image with the size that it says itself to have, where it
// is a JPEG: a stream's may become another one on the way. What it returns is
// valid until the next call.
func (v *viewing) trueSize(img *acquire.Image, format acquire.VideoFormat) *acquire.Image {
	if img.Encoding != acquire.JPEG {
		return img
	}
	frame, ok := imaging.ReadJPEGFrame(img.Data)
	if !ok {
		return img // the decoder will say what is wrong
	}
	if !v.resized && (frame.Width != format.Width || frame.Height != format.Height) {
		v.resized = true
		v.node.log.Warnf("the images have become %dx%d, which were %dx%d when the source was opened: ~/image_raw and ~/camera_info follow",
			frame.Width, frame.Height, format.Width, format.Height)
	}
	v.sized = *img
	v.sized.Width, v.sized.Height = frame.Width, frame.Height
	return &v.sized
}

// publish sends one image on, to those topics that somebody listens to; without
// any nothing is done. It runs on the source's goroutine and blocks while the
// middleware copies.
func (v *viewing) publish(img *acquire.Image) {
	c := v.node
	c.meter.add(img)
	stamp := c.stamps.Stamp(clock.System(img.Stamp))
	orientation := *v.orientation.Load()
	if err := c.info.publish(img.Width, img.Height, orientation, stamp); err != nil {
		c.meter.refused(err)
	}
	var turned *acquire.Image // once, for all of them
	for _, output := range c.outputs {
		if !output.wanted() {
			continue
		}
		var err error
		if turned == nil {
			turned, err = c.turner.Turn(img, orientation)
		}
		if err == nil {
			err = output.send(turned, stamp)
		}
		if err != nil {
			c.meter.refused(err)
		}
	}
}
