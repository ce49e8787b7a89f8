package node

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/message"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// imageDepth is the depth of the history of image topics.
const imageDepth = 5

// VideoOpener makes the source that a camera's parameters ask for. notice takes
// remarks of the source for the log; it may be called from any goroutine.
type VideoOpener func(config CameraConfig, notice func(string)) (acquire.VideoSource, error)

// Camera is the node that publishes images.
type Camera struct {
	base
	open    VideoOpener
	config  CameraConfig // in force; the one who applies parameters uses it
	frameID frameName

	images  *rclgo.Publisher
	always  bool // publish without subscribers too
	message *message.Image
	stamps  clock.Guard

	meter videoMeter
}

// NewCamera makes the node under a namespace, whose parameters are those that
// overrides give it, and its source. It opens no device yet.
func NewCamera(parent *rclgo.Context, options Options, open VideoOpener) (_ *Camera, err error) {
	c := &Camera{open: open}
	images := &topic{name: "~/image_raw", depth: imageDepth}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	params, err := c.init(parent, options, CameraTable, specifics{
		topics: []*topic{images}, device: "video_device", report: c.meter.report, apply: c.apply,
	})
	if err != nil {
		return nil, err
	}
	c.config = cameraConfig(params)
	c.frameID.set(c.config.FrameID)
	if c.message, err = message.NewImage(c.config.FrameID); err != nil {
		return nil, err
	}
	publishing := images.options(params)
	c.always = alwaysWanted(&publishing.Qos)
	c.images, err = c.node.NewPublisher(images.name, c.message, publishing)
	if err != nil {
		return nil, fmt.Errorf("node: publisher of ~/image_raw: %w", err)
	}
	if err = c.watch(images, c.images, publishing.Qos); err != nil {
		return nil, err
	}
	if c.first, err = c.session(c.config); err != nil {
		return nil, err
	}
	return c, nil
}

// Run captures and publishes until ctx ends, then returns nil; or until the
// node cannot go on, then it says why. The device is free when it returns.
func (c *Camera) Run(ctx context.Context) error {
	c.meter.start()
	return c.run(ctx)
}

// apply puts parameters into force.
func (c *Camera) apply(ctx context.Context, asked param.Set) (remark string, err error) {
	config := cameraConfig(asked)
	if !reflect.DeepEqual(config.device(), c.config.device()) {
		session, err := c.session(config)
		if err != nil {
			return "", err
		}
		if remark, err = c.supervisor.replace(ctx, session); err != nil {
			return "", err
		}
	}
	c.frameID.set(config.FrameID)
	c.config = config
	return remark, nil
}

// session makes a source and returns what opens it once and publishes its
// images until it fails.
func (c *Camera) session(config CameraConfig) (session, error) {
	source, err := c.open(config, c.Warn)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, opened func(map[string]param.Value), up func()) error {
		format, err := source.Open(ctx)
		if err != nil {
			return err
		}
		defer source.Close()
		c.meter.open(format)
		opened(cameraGives(format))
		live := false
		return source.Run(ctx, func(img *acquire.Image) {
			if !live {
				// Only now: a device may open and then give nothing.
				live = true
				up()
				c.log.Infof("capturing from %s: %dx%d, %s, %.4g images/s",
					format.Device, format.Width, format.Height, format.Encoding, format.FrameRate)
			}
			c.publish(img)
		})
	}, nil
}

// publish sends one image on. It runs on the source's goroutine and blocks
// while the middleware copies. Nothing is done where nobody listens: as long as
// durability is volatile, nobody could ever see the image.
func (c *Camera) publish(img *acquire.Image) {
	stamp := c.stamps.Stamp(clock.System(img.Stamp))
	if listeners, err := c.images.GetSubscriptionCount(); err == nil && listeners == 0 && !c.always {
		c.meter.add(img, 0, nil)
		return
	}
	err := c.frameID.renew(c.message)
	if err == nil {
		err = c.message.Point(img, stamp)
	}
	if err == nil {
		err = c.images.Publish(c.message)
	}
	c.meter.add(img, acquire.Monotonic()-img.Stamp, err)
}

// Close gives back what NewCamera took. Run must have returned.
func (c *Camera) Close() error {
	err := c.base.close()
	if c.message != nil {
		c.message.Close() // after its publisher, which base has closed with the node
	}
	return err
}
