package webcam

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
)

// How long Run and Close wait for a call of OpenCV that should return at once.
const (
	cancelLimit = 300 * time.Millisecond
	closeLimit  = 500 * time.Millisecond
)

// Source is an [acquire.VideoSource] of a camera, a file or a stream.
type Source struct {
	config Config

	mu       sync.Mutex    // guards what follows, against Close
	capture  *capture      // nil while closed
	leftover chan struct{} // closed when the capture before has given its device back

	access   sync.RWMutex // guards what follows, for those who ask for controls
	controls *panel       // of the device that is open; nil otherwise
	path     string       // of its node

	formats func([]Format) []Format // which of the device's formats may be taken

	retries atomic.Uint64
	noticed map[string]bool // kinds of notice that have been given; of the goroutine in Open or Run
}

var _ acquire.VideoSource = (*Source)(nil)

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	return &Source{
		config:  config,
		formats: func(all []Format) []Format { return all },
		noticed: map[string]bool{},
	}
}

// Retries returns how many reads of a healthy camera gave no image and were
// tried again. OpenCV waits in a select() that ends without an image when the
// thread gets a signal, as Go's runtime sends them to preempt goroutines.
// Nothing is lost by it. It may be called by any goroutine.
func (s *Source) Retries() uint64 { return s.retries.Load() }

// notice tells people about a kind of event, the first time that it happens.
func (s *Source) notice(kind, format string, values ...any) {
	if s.config.Notice != nil && !s.noticed[kind] {
		s.noticed[kind] = true
		s.config.Notice(fmt.Sprintf("webcam: %q: ", acquire.Redacted(s.config.Device)) + fmt.Sprintf(format, values...))
	}
}

// Open opens the device, file or stream and returns what it really gives.
//
// The errors are [acquire.ErrAbsent], [acquire.ErrBusy],
// [acquire.ErrUnknownDevice] and [acquire.ErrUnsupported]; the text says which
// devices, sizes and formats there are instead.
func (s *Source) Open(ctx context.Context) (acquire.VideoFormat, error) {
	if err := s.config.validate(); err != nil {
		return acquire.VideoFormat{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.capture != nil {
		return acquire.VideoFormat{}, s.errorf("open: already open")
	}
	if s.leftover != nil {
		select {
		case <-s.leftover:
			s.leftover = nil
		default:
			return acquire.VideoFormat{}, s.errorf("open: a call of before is still blocked in the driver: %w", acquire.ErrBusy)
		}
	}
	if err := ctx.Err(); err != nil {
		return acquire.VideoFormat{}, s.errorf("open: %w", err)
	}

	open := s.openDevice
	if s.config.Kind == File {
		open = s.openFile
	}
	c := newCapture()
	var err error
	c.start(func() { err = open(c) })
	if !wait(ctx, c) {
		s.abandon(c, cancelLimit)
		return acquire.VideoFormat{}, s.errorf("open: %w", ctx.Err())
	}
	if err != nil {
		s.abandon(c, closeLimit)
		return acquire.VideoFormat{}, s.errorf("open: %w", err)
	}
	s.capture = c
	s.show(c.panel, c.path)
	if asked, got := s.config.FrameRate, c.format.FrameRate; s.config.Kind == V4L2 && asked > 0 && got > 0 && abs(got-asked) > 0.01*asked {
		s.notice("rate", "framerate %v was asked for, the device gives %.4g images/s with %v", s.config.FrameRate, got, c.plan.format)
	}
	return c.format, nil
}

// Run emits images until ctx ends, and then returns nil within a moment even
// when the device stalls.
//
// It returns [acquire.ErrLost] when the device vanished or stalled, and
// [acquire.ErrEnd] at the end of a file without Loop.
func (s *Source) Run(ctx context.Context, emit func(*acquire.Image)) error {
	s.mu.Lock()
	c := s.capture
	s.mu.Unlock()
	if c == nil {
		return s.errorf("run: not open")
	}
	// The Run before may have left its last read behind.
	if !c.await(cancelLimit, s.config.Kind == V4L2) {
		return s.errorf("a read of before is still blocked in the driver: %w", acquire.ErrLost)
	}
	var err error
	if s.config.Kind == File {
		err = s.runFile(ctx, c, emit)
	} else {
		err = s.runDevice(ctx, c, emit)
	}
	// Leave the thread idle, so that Close is quick.
	c.await(cancelLimit, s.config.Kind == V4L2)
	if err != nil {
		return s.errorf("%w", err)
	}
	return nil
}

// Close gives the device back. If a call of OpenCV is blocked it waits half a
// second for it, and then leaves the device to be given back when the call
// returns, which is an error. It may be called any number of times, but not
// while Run is running.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.capture
	if c == nil {
		return nil
	}
	s.capture = nil
	s.show(nil, "")
	if c.panel != nil {
		c.panel.close() // even if the capture is blocked
	}
	if !s.abandon(c, closeLimit) {
		return s.errorf("close: the driver is blocked; the device is given back when it answers")
	}
	return nil
}

// show lets others at the controls of a device, or nil.
func (s *Source) show(controls *panel, path string) {
	s.access.Lock()
	defer s.access.Unlock()
	s.controls, s.path = controls, path
}

// abandon ends a capture, waits for it no longer than limit, and says whether
// everything has been given back.
func (s *Source) abandon(c *capture, limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	c.await(limit, s.config.Kind == V4L2)
	c.stop(c.release)
	timer := time.NewTimer(max(time.Until(deadline), limit/5))
	defer timer.Stop()
	select {
	case <-c.done:
		return true
	case <-timer.C:
		s.leftover = c.done
		return false
	}
}

// errorf makes an error that names the package and the device.
func (s *Source) errorf(format string, values ...any) error {
	return fmt.Errorf("webcam: %q: "+format, append([]any{acquire.Redacted(s.config.Device)}, values...)...)
}

// wait waits for the call that is out, and says whether ctx has not ended
// before.
func wait(ctx context.Context, c *capture) bool {
	select {
	case <-c.returned:
		c.finish()
		return true
	case <-ctx.Done():
		return false
	}
}

func abs(x float64) float64 { return max(x, -x) }
