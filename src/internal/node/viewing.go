package node

import (
	"context"
	"sync/atomic"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/param"
)

// viewing is a source with what its images are put through.
type viewing struct {
	node        *Camera
	source      acquire.VideoSource
	orientation atomic.Pointer[acquire.Orientation]
}

// viewing makes a source.
func (c *Camera) viewing(config CameraConfig) (*viewing, error) {
	source, err := c.open(config, c.Warn)
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
	return v.source.Run(ctx, func(img *acquire.Image) {
		if !live {
			// Only now: a device may open and then give nothing.
			live = true
			up()
			c.log.Infof("capturing from %s: %dx%d, %s, %.4g images/s",
				format.Device, format.Width, format.Height, format.Encoding, format.FrameRate)
		}
		v.publish(img)
	})
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
