package opencv

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
)

// cancelLimit bounds Run's wait at its end for a call of OpenCV, which should return at
// once.
const cancelLimit = 300 * time.Millisecond

// Source is an [acquire.VideoSource] of a file, a stream, a pipeline or a camera.
type Source struct {
	config  Config
	capture *videoCapture   // nil while closed
	part    *timing.Part    // in the film; nil while closed
	noticed map[string]bool // kinds of notice that have been given

	reads atomic.Uint64 // begun and ended; see Calls
}

var (
	_ acquire.VideoSource = (*Source)(nil)
	_ acquire.Patient     = (*Source)(nil)
	_ acquire.CallCounter = (*Source)(nil)
)

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	return &Source{config: config, noticed: map[string]bool{}}
}

// notice tells people about a kind of event when it happens for the first time.
func (s *Source) notice(kind, format string, values ...any) {
	if s.config.Notice != nil && !s.noticed[kind] {
		s.noticed[kind] = true
		s.config.Notice(fmt.Sprintf("opencv: %q: ", inputurl.Redacted(s.config.Device)) + fmt.Sprintf(format, values...))
	}
}

// Patience implements [acquire.Patient]. A camera may take seconds to open. A pipeline
// with an element that is not installed makes OpenCV 4.6 wait for ever. A stream's server
// has 10 s each for its connection and its first answer, after its address was found.
func (s *Source) Patience() acquire.Patience {
	switch s.config.Kind {
	case Pipeline:
		return acquire.Patience{Open: 15 * time.Second, Cure: "is each element of the pipeline installed? gst-inspect-1.0 tells"}
	case File:
		return acquire.Patience{Open: 45 * time.Second, Call: 30 * time.Second, Cure: "look at the disk or the server, or set video_device to another"}
	}
	return acquire.Patience{Open: 30 * time.Second, Cure: "its driver hangs: plug the device in anew, or restart the machine"}
}

// Calls implements [acquire.CallCounter]: it counts reads of files and streams.
func (s *Source) Calls() uint64 { return s.reads.Load() }

// Check implements [acquire.Checker].
func (s *Source) Check() error { return s.config.validate() }

// Open opens the device, file or stream and returns its real format.
//
// The errors are [media.ErrAbsent], [media.ErrBusy], [media.ErrUnknownDevice] and
// [media.ErrUnsupported]; their texts list the devices, sizes and formats that there are.
func (s *Source) Open(ctx context.Context) (media.VideoFormat, error) {
	if err := s.config.validate(); err != nil {
		return media.VideoFormat{}, err
	}
	if err := ctx.Err(); err != nil {
		return media.VideoFormat{}, s.errorf("open: %w", err)
	}

	s.part = s.config.Timelines.Join(s.config.Owner, s.config.Film)
	open := map[Kind]func(*videoCapture) error{Device: s.openDevice, Pipeline: s.openPipeline, File: s.openFile}[s.config.Kind]
	c := newVideoCapture()
	var err error
	c.start(func() { err = open(c) })
	if !wait(ctx, c) {
		s.part.Leave() // first: others wait for it
		s.finish(c)
		err = ctx.Err()
	}
	if err != nil {
		s.part.Leave()
		s.release(c)
		return media.VideoFormat{}, s.errorf("open: %w", err)
	}
	s.capture = c
	if asked, got := s.config.FrameRate, c.format.FrameRate; s.config.Kind == Device && asked > 0 && got > 0 && math.Abs(got-asked) > 0.01*asked {
		s.notice("rate", "framerate %v was asked for, the device gives %.4g images/s", asked, got)
	}
	return c.format, nil
}

// Run emits images until ctx ends, and then returns nil within a moment even
// when the device stalls.
//
// It returns [media.ErrLost] when the device vanished or stalled, and
// [media.ErrEnd] at the end of a file without Loop.
func (s *Source) Run(ctx context.Context, emit func(*media.Image)) error {
	c := s.capture
	var err error
	if s.config.Kind == File {
		err = s.runFile(ctx, c, emit)
	} else {
		err = s.runDevice(ctx, c, emit)
	}
	// Close is quick if the thread is idle.
	c.await(cancelLimit, s.config.Kind == Device)
	if err != nil {
		return s.errorf("%w", err)
	}
	return nil
}

// Close gives the device back. It blocks while a call of OpenCV does.
func (s *Source) Close() error {
	if c := s.capture; c != nil {
		s.capture = nil
		s.part.Leave() // first: others wait for it
		s.release(c)
	}
	return nil
}

// release ends a capture, and waits until it has ended.
func (s *Source) release(c *videoCapture) {
	s.finish(c)
	c.stop(c.release)
	<-c.done
}

// finish waits for the call under way, if there is one.
func (s *Source) finish(c *videoCapture) {
	for !c.await(cancelLimit, s.config.Kind == Device) {
	}
}

// errorf makes an error that names the package and the device.
func (s *Source) errorf(format string, values ...any) error {
	return fmt.Errorf("opencv: %q: "+format, append([]any{inputurl.Redacted(s.config.Device)}, values...)...)
}

// wait waits for the call under way, and reports whether it has returned before ctx
// ended.
func wait(ctx context.Context, c *videoCapture) bool {
	select {
	case <-c.returned:
		c.finish()
		return true
	case <-ctx.Done():
		return false
	}
}
