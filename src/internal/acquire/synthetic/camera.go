package synthetic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

// Bounds of [CameraConfig]. The smallest image is the one that the frame
// number fits into.
const (
	MinWidth     = 64
	MinHeight    = 40
	MaxSide      = 16384 // [pixels] of width and height
	MinFrameRate = 0.01  // [images/s]
	MaxFrameRate = 1000  // [images/s]
)

// CameraConfig says what images a [Camera] makes. No field has a default.
type CameraConfig struct {
	Width     int     // [pixels] MinWidth to MaxSide; even for yuv422_yuy2 and uyvy
	Height    int     // [pixels] MinHeight to MaxSide
	FrameRate float64 // [images/s] MinFrameRate to MaxFrameRate, kept exactly
	Encoding  string  // one of Encodings
}

// validate names the field that is wrong as the camera's parameter is called.
func (c CameraConfig) validate() error {
	refuse := func(parameter string, got any, want string, values ...any) error {
		return fmt.Errorf("synthetic: %s is %v, must be %s: %w",
			parameter, got, fmt.Sprintf(want, values...), acquire.ErrUnsupported)
	}
	format, ok := pixelFormats[c.Encoding]
	switch {
	case !ok:
		return refuse("pixel_format", fmt.Sprintf("%q", c.Encoding), "one of %s", strings.Join(Encodings, ", "))
	case c.Width < MinWidth || c.Width > MaxSide:
		return refuse("image_width", c.Width, "%d to %d", MinWidth, MaxSide)
	case c.Height < MinHeight || c.Height > MaxSide:
		return refuse("image_height", c.Height, "%d to %d", MinHeight, MaxSide)
	case c.Width%format.group != 0:
		return refuse("image_width", c.Width, "a multiple of %d with pixel_format %s", format.group, c.Encoding)
	// A comparison with NaN is false.
	case !(c.FrameRate >= MinFrameRate && c.FrameRate <= MaxFrameRate):
		return refuse("framerate", c.FrameRate, "%v to %v", MinFrameRate, MaxFrameRate)
	}
	return nil
}

// Camera is an [acquire.VideoSource] of the moving test pattern.
//
// Image n of the life since Open is due n periods after the first and is
// stamped with that time. A consumer that is late by more than a period loses
// images as with any camera: Sequence, and the number in the pixels, which is
// its lower 32 bits, jump to the newest image that is due.
type Camera struct {
	config CameraConfig

	mu    sync.Mutex // guards open, pixels and pinner against Close
	open  bool
	image acquire.Image

	pattern *pattern
	// The one image that is drawn into again and again: Go's memory, pinned
	// from Open to Close so that C may keep its address while emit runs.
	pinner runtime.Pinner

	started bool          // an image has been emitted since Open
	start   time.Duration // when image 0 was due, on CLOCK_MONOTONIC
	next    uint64        // number of the next image
}

var _ acquire.VideoSource = (*Camera)(nil)

// NewCamera returns a camera; Open checks the configuration.
func NewCamera(config CameraConfig) *Camera { return &Camera{config: config} }

// Open checks the configuration and prepares the pattern. A configuration that
// cannot be met is an [acquire.ErrUnsupported].
func (c *Camera) Open(ctx context.Context) (acquire.VideoFormat, error) {
	if err := ctx.Err(); err != nil {
		return acquire.VideoFormat{}, fmt.Errorf("synthetic: open: %w", err)
	}
	if err := c.config.validate(); err != nil {
		return acquire.VideoFormat{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		return acquire.VideoFormat{}, errors.New("synthetic: open: already open")
	}
	c.pattern = newPattern(c.config.Width, c.config.Height, pixelFormats[c.config.Encoding])
	pixels := make([]byte, c.config.Height*c.pattern.step)
	c.pinner.Pin(&pixels[0])
	c.image = acquire.Image{
		Data:     pixels,
		Width:    c.config.Width,
		Height:   c.config.Height,
		Step:     c.pattern.step,
		Encoding: c.config.Encoding,
	}
	c.started, c.next, c.open = false, 0, true
	return acquire.VideoFormat{
		Device:    "synthetic test pattern",
		Width:     c.config.Width,
		Height:    c.config.Height,
		FrameRate: c.config.FrameRate,
		Encoding:  c.config.Encoding,
	}, nil
}

// Run emits images until ctx ends, and then returns nil. It allocates nothing
// per image.
func (c *Camera) Run(ctx context.Context, emit func(*acquire.Image)) error {
	c.mu.Lock()
	open := c.open
	c.mu.Unlock()
	if !open {
		return errors.New("synthetic: run: not open")
	}
	if !c.started {
		c.started, c.start = true, acquire.Monotonic()
	}
	alarm, err := acquire.NewAlarm(ctx)
	if err != nil {
		return fmt.Errorf("synthetic: run: %w", err)
	}
	defer alarm.Close()
	for {
		due := c.due(c.next)
		if !alarm.Wait(due) {
			return nil
		}
		if now := acquire.Monotonic(); now >= c.due(c.next+1) {
			c.next = c.newest(now)
			due = c.due(c.next)
		}
		c.pattern.draw(c.image.Data, uint32(c.next))
		c.image.Stamp, c.image.Stamped, c.image.Sequence = due, acquire.StampSchedule, c.next
		c.next++
		emit(&c.image)
	}
}

// due returns when image n is due. Computed from the start each time, it does
// not drift; 53 bits are exact to a nanosecond over months.
func (c *Camera) due(n uint64) time.Duration {
	return c.start + time.Duration(math.Round(float64(n)*(float64(time.Second)/c.config.FrameRate)))
}

// newest returns the number of the last image that is due at the time now,
// which is at least c.next.
func (c *Camera) newest(now time.Duration) uint64 {
	n := max(c.next, uint64((now-c.start).Seconds()*c.config.FrameRate))
	// Put right what rounding has moved by one.
	for n > c.next && c.due(n) > now {
		n--
	}
	for c.due(n+1) <= now {
		n++
	}
	return n
}

// Close gives the memory back. It may be called any number of times, but not
// while Run is running.
func (c *Camera) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		c.pinner.Unpin()
		c.pattern, c.image = nil, acquire.Image{}
		c.open = false
	}
	return nil
}
