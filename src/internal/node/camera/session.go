package camera

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/middleware"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/rclext"
	"av_capture/src/internal/supervisor"
)

// session is a source with the way that its images go. The supervisor runs it again
// and again.
type session struct {
	node        *Node
	source      *supervisor.Video
	orientation atomic.Pointer[media.Orientation]

	// The source's goroutine uses these.
	acquired media.Image    // an image with the time of its acquisition as stamp
	jpeg     media.Image    // a whole JPEG, with its true size
	tables   jpeg.Completer // a JPEG with the tables that the camera leaves out
	verifier jpeg.Verifier
	stream   *stream // of a camera's own video; nil for other images
	resized  bool    // a change of size has been logged
}

// newSession makes the source that the parameters ask for.
func (n *Node) newSession(config Config) (*session, error) {
	named := config
	named.Node, named.Allowed, named.Wanted = n.ROS.FullyQualifiedName(), n.allowed, n.wanted
	s := &session{node: n}
	named.KeyFrame = s.awaitsKeyFrame
	var err error
	s.source, err = supervisor.NewSource(node.SourceName(config.Source, config.VideoDevice), n.Supervisor.Left(), n.Warn,
		func(notice func(string)) (acquire.VideoSource, error) { return n.open(named, notice) })
	if err != nil {
		return nil, err
	}
	s.setOrientation(config.Orientation)
	return s, nil
}

// setOrientation sets how the next images are turned. Any goroutine may call it.
func (s *session) setOrientation(o media.Orientation) { s.orientation.Store(&o) }

// awaitsKeyFrame reports whether somebody is subscribed to the camera's own video, or to what is
// decoded from it, and cannot see it yet. The source's goroutine calls it.
func (s *session) awaitsKeyFrame() bool {
	return s.node.video.awaitsKeyFrame() || s.stream != nil && s.stream.waits
}

// run opens the source once and publishes its images until the source fails or ctx
// ends.
func (s *session) run(ctx context.Context, opened func(map[string]param.Value), up func()) error {
	format, err := s.source.Open(ctx)
	if err != nil {
		return err
	}
	defer s.source.Close()
	if err := checkFormat(&format); err != nil {
		return err
	}
	defer s.tables.Close()
	n := s.node
	defer n.watchControls(ctx, s.source.Device())()
	n.meter.open(format)
	n.video.rate.Store(&format.FrameRate)
	s.stream = nil
	if isStream(format.Encoding) {
		s.stream = n.openStream(ctx, format.Encoding, &s.orientation)
		defer s.stream.close()
		n.warnWithoutVideo(format.Encoding)
	}
	n.RestartDeadlines()
	opened(given(format))
	live := false
	s.resized = false
	return s.source.Run(ctx, nil, func(img *media.Image) {
		if img.Damage == nil && img.Encoding == media.JPEG {
			img = s.checkJPEG(img)
		}
		if s.stream != nil {
			if img = s.stream.check(img); img == nil {
				return
			}
		}
		if img.Damage == nil && (img.Width != format.Width || img.Height != format.Height) {
			if err := media.CheckSize(img.Width, img.Height); err != nil {
				n.meter.addUnusable(img, err) // the next one may be right
				return
			}
		}
		switch {
		case errors.Is(img.Damage, media.ErrDamaged):
			n.meter.addDamaged(img)
			return
		case img.Damage != nil:
			n.meter.addUnusable(img, img.Damage) // a JPEG of a kind that no camera sends
			return
		}
		if !live {
			// Only now: a device may open and then give nothing.
			live = true
			up()
			n.Log.Infof("capturing from %s: %dx%d, %s, %.4g images/s",
				format.Device, format.Width, format.Height, format.Encoding, format.FrameRate)
			n.warnOfSize(img)
		}
		s.reportResize(img, format)
		s.distribute(img)
	})
}

// warnOfSize warns, once for each size, of images that are too large for the middleware.
func (n *Node) warnOfSize(img *media.Image) {
	size := max(len(img.Data), img.Step*img.Height) // there may be no pixels
	if img.Encoding == media.JPEG || isStream(img.Encoding) {
		size = 3 * img.Width * img.Height // decoded
	}
	if warning := middleware.TooLarge(rclext.Middleware(), size); warning != "" {
		n.large.once(warning)
	}
}

// reportResize logs once that images have another size than the source said. A
// camera's JPEG may be larger than the negotiated size, and a stream's size may
// change on the way.
func (s *session) reportResize(img *media.Image, format media.VideoFormat) {
	if !s.resized && (img.Width != format.Width || img.Height != format.Height) {
		s.resized = true
		s.node.Log.Warnf("the images have become %dx%d, which were %dx%d when the source was opened: ~/image_raw and ~/camera_info follow",
			img.Width, img.Height, format.Width, format.Height)
	}
}

// checkJPEG returns a JPEG without the bytes behind its end, with its own size and
// with the Huffman tables that some cameras leave out; or, of one that is not whole,
// the damage. The image is valid until the next call.
func (s *session) checkJPEG(img *media.Image) *media.Image {
	s.jpeg = *img
	file, err := jpeg.Check(img.Data, jpeg.MaxPixels)
	if err == nil && s.node.verifyJPEG.Load() && s.node.wanted() {
		// Before anything of it goes out.
		err = s.verifier.Verify(file)
	}
	if err != nil {
		s.jpeg.Data, s.jpeg.Damage = nil, err
		return &s.jpeg
	}
	s.jpeg.Data, s.jpeg.Width, s.jpeg.Height = s.tables.Complete(file), file.Width, file.Height
	s.node.compressed.grey = file.Components == 1
	return &s.jpeg
}

// distribute sends one image to the topics that somebody is subscribed to, unless the
// source has left out its pixels for want of a subscriber. It runs on the source's goroutine
// and blocks while the middleware copies.
func (s *session) distribute(img *media.Image) {
	n := s.node
	// In a copy, since sources compare the next image's stamp with that of this one.
	s.acquired = *img
	s.acquired.Stamp -= time.Duration(n.latency.Load())
	img = &s.acquired
	n.meter.addImage(img)
	n.captured++
	stamp := imageStamp{n.Clock.Of(&n.stamps, img.Stamp), n.captured}
	orientation := *s.orientation.Load()
	if err := n.info.publishFor(img.Width, img.Height, orientation, stamp.Time); err != nil {
		n.meter.addRefused(err)
	}
	if s.stream != nil {
		if err := s.stream.distribute(img, stamp); err != nil {
			n.meter.addRefused(err)
		}
		return
	}
	n.distributeTo(func(imageOutput) bool { return true }, &n.turner, img, orientation, stamp)
}

// distributeTo sends one image, turned once for all of them, to those topics that somebody is
// subscribed to. One goroutine at a time calls it.
func (n *Node) distributeTo(chosen func(imageOutput) bool, turner *imaging.Turner, img *media.Image, orientation media.Orientation, stamp imageStamp) {
	var turned *media.Image // once, for all of them
	for _, output := range n.outputs {
		if img.Data == nil || !chosen(output) || !output.wanted() {
			continue
		}
		var err error
		if turned == nil {
			turned, err = turner.Turn(img, orientation)
		}
		if err == nil {
			err = output.send(turned, stamp)
		}
		if err != nil {
			n.meter.addRefused(err)
		}
	}
}

// warnWithoutVideo warns, once, of a camera's own video that no topic can have.
func (n *Node) warnWithoutVideo(codec string) {
	for _, t := range n.video.topics {
		if t.installed != nil {
			n.large.once(fmt.Sprintf("pixel_format %s: there is no %s: %v", codec, t.topic.Name, t.installed))
		}
	}
}

// checkFormat refuses absurd sizes, whatever a file or a driver says. An absurd rate
// becomes unknown.
func checkFormat(format *media.VideoFormat) error {
	format.FrameRate = media.FrameRate(format.FrameRate)
	if err := media.CheckSize(format.Width, format.Height); err != nil {
		return fmt.Errorf("%s gives %w", format.Device, err)
	}
	return nil
}
