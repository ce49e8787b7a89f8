package camera

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Opener makes the source that the parameters ask for. notice takes remarks of
// the source for the log, and may be called from any goroutine. An error means
// that no such source can ever open with these parameters.
type Opener func(config Config, notice func(string)) (acquire.VideoSource, error)

// Node is the node that publishes images.
type Node struct {
	node.Base
	open    Opener
	allowed *Allowlist
	checks  *node.Disk // looking at files may hang
	config  Config     // in force; only the goroutine that applies parameters uses it
	current *session   // of config; likewise
	frameID node.FrameID

	large *warnings // of images that are too large for the middleware

	verifyJPEG atomic.Bool  // decode the camera's own JPEG before it goes out
	latency    atomic.Int64 // [ns] of the device, constant, from acquisition to the source's stamp

	raw        *rawImages
	compressed *compressedImages
	planes     *imagePlanes
	spectrum   *imageSpectrum
	video      *imageVideo
	info       *cameraInfo
	outputs    []imageOutput // all of them, in the order in which images go out

	// The source's goroutine uses these.
	stamps   clock.Topic // of all topics of images, and of ~/camera_info
	captured uint64      // images since the node started
	turner   imaging.Turner

	controls *controls

	meter meter
}

// New makes the node and its source. It does not open the device yet.
func New(parent *rclgo.Context, options node.Options, open Opener) (_ *Node, err error) {
	n := &Node{open: open}
	n.large = newWarnings(n.Warn)
	n.raw = newRawImages(&n.meter)
	n.compressed = newCompressedImages(&n.meter, &n.raw.publisher.topic)
	n.planes = newImagePlanes(&n.meter, n.Warn)
	n.spectrum = newImageSpectrum(&n.meter)
	n.video = newImageVideo(&n.meter, &n.raw.publisher.topic, n.Warn)
	n.video.frameID = &n.frameID
	n.info = newCameraInfo()
	n.outputs = []imageOutput{n.raw, n.compressed, n.planes, n.spectrum, n.video}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	params, err := n.Init(parent, options, Table, node.Hooks{
		Topics: append([]*node.Topic{&n.raw.publisher.topic, &n.compressed.publisher.topic, &n.planes.publisher.topic, &n.spectrum.publisher.topic, &n.info.topic}, n.video.installed()...),
		Input:  inputOf, Report: n.report, Apply: n.apply, Ignored: media.UsualControls,
		Expects: hasControls, Expecting: expectingControls, Declared: n.declared, InForce: n.controlsInForce,
	})
	if err != nil {
		return nil, err
	}
	late := func(*param.Table) {}
	if hasControls(params) {
		late = n.WarnUndeclared
	}
	n.controls = newControls(n.Warn, n.startValues(params.Table()), params.Table().Expecting(""), late)
	n.config = configOf(params)
	if n.allowed, err = newAllowlist(params); err != nil {
		return nil, err
	}
	n.info.allowed, n.checks = n.allowed, node.NewDisk(n.Supervisor.Left())
	n.take(n.config)
	if err = n.advertise(params); err != nil {
		return nil, err
	}
	if err = n.info.open(&n.Base, params, &n.frameID, n.config); err != nil {
		return nil, err
	}
	setCameraInfo, err := n.newSetCameraInfo()
	if err != nil {
		return nil, err
	}
	n.Serve(setCameraInfo)
	if n.current, err = n.newSession(n.config); err != nil {
		return nil, param.Misconfigured("node %s: %w", n.ROS.FullyQualifiedName(), err)
	}
	return n, nil
}

// advertise makes the publishers of images.
func (n *Node) advertise(params param.Set) error {
	for _, o := range []*imagePublisher{&n.raw.publisher, &n.planes.publisher, &n.spectrum.publisher} {
		m, err := message.NewImage(n.config.FrameID)
		if err != nil {
			return err
		}
		if err := o.open(&n.Base, params, &n.frameID, m); err != nil {
			return err
		}
	}
	m, err := message.NewCompressedImage(n.config.FrameID)
	if err != nil {
		return err
	}
	if err := n.compressed.publisher.open(&n.Base, params, &n.frameID, m); err != nil {
		return err
	}
	for _, t := range n.video.topics {
		if err := t.open(&n.Base, params); err != nil {
			return err
		}
	}
	return nil
}

// Run captures and publishes until ctx ends, then returns nil; or until the node
// cannot go on, then it returns the reason. The device is free when it returns.
func (n *Node) Run(ctx context.Context) error {
	n.meter.start()
	working, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	for _, output := range n.outputs {
		workers.Add(1)
		go func() {
			defer workers.Done()
			output.run(working)
		}()
	}
	err := n.Base.Run(ctx, n.current.run)
	cancel()
	workers.Wait()
	return err
}

// apply puts parameters into force.
func (n *Node) apply(ctx context.Context, asked param.Set) (remark string, err error) {
	config := configOf(asked)
	if !config.namesSame(n.config) {
		before := n.config
		check := func() error { return n.allowed.check(before, config) }
		if err := n.checks.Do(ctx, node.NamedFiles(config.VideoDevice, config.CameraInfoURL), check); err != nil {
			return "", err
		}
	}
	calibrated := n.info.calibration.Load()
	if config.CameraName != n.config.CameraName || config.CameraInfoURL != n.config.CameraInfoURL {
		if calibrated, err = n.info.read(ctx, config); err != nil {
			return "", fmt.Errorf("camera_info_url: %w", err)
		}
	}
	remark, undo, err := n.controls.apply(asked, n.Values())
	if err != nil {
		return "", err
	}
	if !reflect.DeepEqual(config.sourceOnly(), n.config.sourceOnly()) {
		next, err := n.newSession(config)
		if err == nil {
			remark, err = n.Supervisor.Replace(ctx, next.run)
		}
		if err != nil {
			undo()
			return "", err
		}
		n.current = next
	}
	n.info.calibration.Store(calibrated)
	n.current.setOrientation(config.Orientation)
	n.take(config)
	n.config = config
	return remark, nil
}

// take puts parameters into force that leave the source as it is.
func (n *Node) take(config Config) {
	n.frameID.Set(config.FrameID)
	n.verifyJPEG.Store(config.VerifyJPEG)
	n.latency.Store(int64(config.DeviceLatency))
	n.compressed.quality.Store(int64(config.JPEGQuality))
	n.spectrum.setRate(config.SpectrumRate)
	n.video.config.Store(&config.Video)
	n.video.retry.Store(int64(config.Retry))
}

// wanted reports whether anybody is subscribed to images of any kind.
func (n *Node) wanted() bool {
	return slices.ContainsFunc(n.outputs, imageOutput.wanted)
}

// report describes what the node did since the last report.
func (n *Node) report() node.Report {
	var skipped uint64
	for _, output := range n.outputs {
		skipped += output.skipped()
	}
	r := n.meter.report(skipped)
	n.video.addTo(&r)
	n.info.addTo(&r)
	return r
}

// Close frees what New took. Run must have returned.
func (n *Node) Close() error {
	err := n.Base.Close()
	for _, output := range n.outputs {
		output.close() // after its publisher, which base has closed with the node
	}
	n.info.close()
	n.turner.Close()
	return err
}
