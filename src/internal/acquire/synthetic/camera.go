package synthetic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// Bounds of [CameraConfig]. The frame number fits into the smallest image.
const (
	MinWidth     = 64
	MinHeight    = 40
	MaxSide      = media.MaxSide // [pixels] of width and height
	MinFrameRate = 0.01          // [images/s]
	MaxFrameRate = 1000          // [images/s]
)

// CameraConfig describes the images of a [Camera]. No field has a default, but Pattern: Moving.
type CameraConfig struct {
	Width     int     // [pixels] MinWidth to MaxSide; even for yuv422_yuy2 and uyvy
	Height    int     // [pixels] MinHeight to MaxSide
	FrameRate float64 // [images/s] MinFrameRate to MaxFrameRate, kept exactly
	Encoding  string  // one of Encodings
	Pattern   Pattern // one of Patterns

	// Wanted reports whether anybody wants pixels. Without, nothing is drawn, and Data of the
	// images is nil. It may be nil, which means always. Run's goroutine calls it.
	Wanted func() bool

	// SystemTime returns the system's time at a time on CLOCK_MONOTONIC. The pattern
	// Flashes needs it.
	SystemTime func(monotonic time.Duration) time.Time
}

// validate checks the configuration. Its errors name the camera's parameters.
func (c CameraConfig) validate() error {
	refuse := func(parameter string, got any, want string, values ...any) error {
		return fmt.Errorf("synthetic: %s is %v, must be %s: %w",
			parameter, got, fmt.Sprintf(want, values...), media.ErrUnsupported)
	}
	format, ok := pixelFormats[c.Encoding]
	switch {
	case !ok:
		return refuse("pixel_format", fmt.Sprintf("%q", media.PixelFormat(c.Encoding)), "one of %s", strings.Join(Encodings, ", "))
	case c.Width < MinWidth || c.Width > MaxSide:
		return refuse("image_width", c.Width, "%d to %d", MinWidth, MaxSide)
	case c.Height < MinHeight || c.Height > MaxSide:
		return refuse("image_height", c.Height, "%d to %d", MinHeight, MaxSide)
	case c.Width%format.group != 0:
		return refuse("image_width", c.Width, "a multiple of %d with pixel_format %s", format.group, c.Encoding)
	// A comparison with NaN is false.
	case !(c.FrameRate >= MinFrameRate && c.FrameRate <= MaxFrameRate):
		return refuse("framerate", c.FrameRate, "%v to %v", MinFrameRate, MaxFrameRate)
	case !slices.Contains(Patterns, c.Pattern):
		return refuse("synthetic.pattern", fmt.Sprintf("%q", c.Pattern), "one of %v", Patterns)
	case c.Pattern == Flashes && c.SystemTime == nil:
		return errors.New("synthetic: flashes without SystemTime")
	}
	return nil
}

// Camera is an [acquire.VideoSource] of a [Pattern].
//
// Image n of Run is due n periods after the first and is stamped with that time. A
// consumer that is late by more than a period loses images as with any camera: Sequence
// jumps to the newest image that is due, and so does the number in the pixels, which is
// its lower 32 bits.
type Camera struct {
	config CameraConfig

	pattern *pattern    // nil while closed
	pixels  []byte      // in Go's memory; each image is drawn into it
	image   media.Image // the newest one

	// pinner pins that memory from Open to Close, so that C may keep its address during
	// emit.
	pinner runtime.Pinner

	start time.Duration // when image 0 was due, on CLOCK_MONOTONIC
	next  uint64        // number of the next image
}

var _ acquire.VideoSource = (*Camera)(nil)

// NewCamera returns a camera; Open checks the configuration.
func NewCamera(config CameraConfig) *Camera {
	if config.Pattern == "" {
		config.Pattern = Moving
	}
	return &Camera{config: config}
}

// Check implements [acquire.Checker].
func (c *Camera) Check() error { return c.config.validate() }

// Open checks the configuration and prepares the pattern. Its error of a configuration out
// of range is [media.ErrUnsupported].
func (c *Camera) Open(ctx context.Context) (media.VideoFormat, error) {
	if err := ctx.Err(); err != nil {
		return media.VideoFormat{}, fmt.Errorf("synthetic: open: %w", err)
	}
	if err := c.config.validate(); err != nil {
		return media.VideoFormat{}, err
	}
	c.pattern = newPattern(c.config.Width, c.config.Height, pixelFormats[c.config.Encoding])
	c.pixels = make([]byte, c.config.Height*c.pattern.step)
	c.pinner.Pin(&c.pixels[0])
	c.image = media.Image{
		Width:    c.config.Width,
		Height:   c.config.Height,
		Step:     c.pattern.step,
		Encoding: c.config.Encoding,
	}
	return media.VideoFormat{
		Device:    devices[c.config.Pattern],
		Width:     c.config.Width,
		Height:    c.config.Height,
		FrameRate: c.config.FrameRate,
		Encoding:  c.config.Encoding,
	}, nil
}

// Run emits images until ctx ends, and then returns nil. It allocates nothing
// per image.
func (c *Camera) Run(ctx context.Context, emit func(*media.Image)) error {
	c.start, c.next = clock.Monotonic(), 0
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		return fmt.Errorf("synthetic: run: %w", err)
	}
	defer alarm.Close()
	for {
		due := c.due(c.next)
		if !alarm.Wait(due) {
			return nil
		}
		if now := clock.Monotonic(); now >= c.due(c.next+1) {
			c.next = c.newest(now)
			due = c.due(c.next)
		}
		c.image.Data = nil
		if c.config.Wanted == nil || c.config.Wanted() {
			c.image.Data = c.pixels
			c.draw(due)
		}
		c.image.Stamp, c.image.Stamped, c.image.Sequence = due, media.StampSchedule, c.next
		c.next++
		emit(&c.image)
	}
}

// draw draws the next image, which is due at a time on CLOCK_MONOTONIC.
func (c *Camera) draw(due time.Duration) {
	if c.config.Pattern == Flashes {
		period := time.Duration(float64(time.Second) / c.config.FrameRate)
		c.pattern.drawFlash(c.pixels, uint32(c.next), flashShare(c.config.SystemTime(due), period))
		return
	}
	c.pattern.draw(c.pixels, uint32(c.next))
}

// due returns when image n is due. It counts from the start each time, and so does not
// drift; 53 bits are exact to a nanosecond over months.
func (c *Camera) due(n uint64) time.Duration {
	return c.start + time.Duration(math.Round(float64(n)*(float64(time.Second)/c.config.FrameRate)))
}

// newest returns the number of the newest image that is due now, at least c.next.
func (c *Camera) newest(now time.Duration) uint64 {
	n := max(c.next, uint64((now-c.start).Seconds()*c.config.FrameRate))
	// Rounding may be off by one.
	for n > c.next && c.due(n) > now {
		n--
	}
	for c.due(n+1) <= now {
		n++
	}
	return n
}

// Close gives the memory back.
func (c *Camera) Close() error {
	c.pinner.Unpin()
	c.pattern, c.pixels, c.image = nil, nil, media.Image{}
	return nil
}
