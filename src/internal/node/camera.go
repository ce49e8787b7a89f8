package node

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
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
	current *viewing     // of config; likewise
	frameID frameName

	raw        *rawImages
	compressed *compressedImages
	planes     *imagePlanes
	spectrum   *imageSpectrum
	info       *cameraInfo
	outputs    []imageOutput // all of them, in the order in which images go out

	// The source's goroutine uses these.
	stamps clock.Guard
	turner imaging.Turner

	controls *controls

	meter videoMeter
}

// NewCamera makes the node under a namespace, whose parameters are those that
// overrides give it, and its source. It opens no device yet.
func NewCamera(parent *rclgo.Context, options Options, open VideoOpener) (_ *Camera, err error) {
	c := &Camera{open: open}
	c.raw = newRawImages(&c.meter)
	c.compressed = newCompressedImages(&c.meter, &c.raw.topic)
	c.planes = newImagePlanes(&c.meter, c.Warn)
	c.spectrum = newImageSpectrum(&c.meter)
	c.info = newCameraInfo()
	c.outputs = []imageOutput{c.raw, c.compressed, c.planes, c.spectrum}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	params, err := c.init(parent, options, CameraTable, specifics{
		topics: []*topic{&c.raw.topic, &c.compressed.topic, &c.planes.topic, &c.spectrum.topic, &c.info.topic},
		input:  cameraInput, report: c.report, apply: c.apply, foreign: usualControls,
		expects: hasControls, declared: c.declared, inForce: c.controlsInForce,
	})
	if err != nil {
		return nil, err
	}
	late := func(*param.Table) {}
	if hasControls(params) {
		late = c.knownLate
	}
	c.controls = newControls(c.Warn, c.startValues(params.Table()), params.Table().Expecting(""), late)
	c.config = cameraConfig(params)
	c.take(c.config)
	if err = c.advertise(params); err != nil {
		return nil, err
	}
	if err = c.info.open(&c.base, params, &c.frameID, c.config); err != nil {
		return nil, err
	}
	setCameraInfo, err := c.newSetCameraInfo()
	if err != nil {
		return nil, err
	}
	c.executor.serve(setCameraInfo)
	if c.current, err = c.viewing(c.config); err != nil {
		return nil, err
	}
	c.first = c.current.session
	return c, nil
}

// advertise makes the publishers of images.
func (c *Camera) advertise(params param.Set) error {
	for _, o := range []*outlet{&c.raw.outlet, &c.planes.outlet, &c.spectrum.outlet} {
		m, err := message.NewImage(c.config.FrameID)
		if err != nil {
			return err
		}
		if err := o.open(&c.base, params, &c.frameID, m); err != nil {
			return err
		}
	}
	m, err := message.NewCompressedImage(c.config.FrameID)
	if err != nil {
		return err
	}
	return c.compressed.open(&c.base, params, &c.frameID, m)
}

// Run captures and publishes until ctx ends, then returns nil; or until the
// node cannot go on, then it says why. The device is free when it returns.
func (c *Camera) Run(ctx context.Context) error {
	c.meter.start()
	working, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	for _, output := range c.outputs {
		workers.Go(func() { output.run(working) })
	}
	err := c.run(ctx)
	cancel()
	workers.Wait()
	return err
}

// apply puts parameters into force.
func (c *Camera) apply(ctx context.Context, asked param.Set) (remark string, err error) {
	config := cameraConfig(asked)
	calibrated := c.info.calibrated.Load()
	if config.CameraName != c.config.CameraName || config.CameraInfoURL != c.config.CameraInfoURL {
		if calibrated, err = c.info.read(ctx, config); err != nil {
			return "", fmt.Errorf("camera_info_url: %w", err)
		}
	}
	remark, undo, err := c.controls.apply(asked, c.parameters.Values())
	if err != nil {
		return "", err
	}
	if !reflect.DeepEqual(config.device(), c.config.device()) {
		next, err := c.viewing(config)
		if err == nil {
			remark, err = c.supervisor.replace(ctx, next.session)
		}
		if err != nil {
			undo()
			return "", err
		}
		c.current = next
	}
	c.info.calibrated.Store(calibrated)
	c.current.turn(config.Orientation)
	c.take(config)
	c.config = config
	return remark, nil
}

// take puts what needs no other source into force.
func (c *Camera) take(config CameraConfig) {
	c.frameID.set(config.FrameID)
	c.compressed.quality.Store(int64(config.JPEGQuality))
	c.spectrum.setRate(config.SpectrumRate)
}

// report says what the node did since it was last called.
func (c *Camera) report() account {
	var skipped uint64
	for _, output := range c.outputs {
		skipped += output.missed()
	}
	a := c.meter.report(skipped)
	c.info.tell(&a)
	return a
}

// Close gives back what NewCamera took. Run must have returned.
func (c *Camera) Close() error {
	err := c.base.close()
	for _, output := range c.outputs {
		output.close() // after its publisher, which base has closed with the node
	}
	c.info.close()
	c.turner.Close()
	return err
}
