package v4l2

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/acquire/v4l2/control"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

// Source is an [acquire.VideoSource] of a camera.
type Source struct {
	config  Config
	camera  *camera         // nil while closed
	noticed map[string]bool // kinds of notice that have been given

	access   sync.RWMutex // guards controls and watched, for requests of any goroutine
	controls *control.Set // of the open device, else nil
	watched  *device      // the open device, else nil

	formats func([]Format) []Format // filters the device's formats, in tests
	padding int                     // [bytes] behind each row that tests ask for
}

var (
	_ acquire.VideoSource = (*Source)(nil)
	_ acquire.Controlled  = (*Source)(nil)
	_ acquire.Patient     = (*Source)(nil)
	_ acquire.CallCounter = (*Source)(nil)
)

// camera is an open device that is ready to stream.
type camera struct {
	device       *device
	queue        *queue
	controls     *control.Set // nil if the driver cannot list them
	native       nativeFormat
	driverFormat imageFormat // in memory
	planes       []plane     // of an image; none of a compressed one
	format       media.VideoFormat
	period       time.Duration    // between two images of the device; 0 if unknown
	drop         timing.Decimator // of images above the wanted rate
	opened       time.Duration    // on CLOCK_MONOTONIC; no image is older
	free         func()           // ends the claim on the device

	// Of a video stream.
	noKeyFrames      bool          // the driver cannot be asked for a key frame
	keyFrameDue      bool          // an image was lost since it was asked
	askedForKeyFrame time.Duration // on CLOCK_MONOTONIC

	alternative string // pixel_format that takes less of a USB bus, or empty

	planeBuffer planeBuffer // for images of several planes
}

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	return &Source{
		config:  config,
		formats: func(all []Format) []Format { return all },
		noticed: map[string]bool{},
	}
}

// notice tells people about a kind of event when it happens for the first time.
func (s *Source) notice(kind, format string, values ...any) {
	if s.config.Notice != nil && !s.noticed[kind] {
		s.noticed[kind] = true
		s.config.Notice(fmt.Sprintf("v4l2: %q: ", s.config.Device) + fmt.Sprintf(format, values...))
	}
}

// errorf makes an error that names the package and the device.
func (s *Source) errorf(format string, values ...any) error {
	return fmt.Errorf("v4l2: %q: "+format, append([]any{s.config.Device}, values...)...)
}

// Check implements [acquire.Checker].
func (s *Source) Check() error { return s.config.validate() }

// Open opens the device, once, and negotiates, once: format and size (VIDIOC_S_FMT), rate
// (VIDIOC_S_PARM), buffers (VIDIOC_REQBUFS). It returns the device's real format.
//
// It blocks for as long as the driver takes to answer.
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
	c, err := s.open()
	if errors.Is(err, unix.ENODEV) && !errors.Is(err, media.ErrAbsent) {
		err = gone(err) // unplugged while it was opened
	}
	if err != nil {
		return media.VideoFormat{}, s.errorf("open: %w", err)
	}
	s.camera = c
	s.show(c.controls, c.device)
	return c.format, nil
}

// Patience implements [acquire.Patient]. USB gives a device 5 s for an answer, and opening
// takes several.
func (s *Source) Patience() acquire.Patience {
	return acquire.Patience{
		Open: 30 * time.Second, Call: 15 * time.Second,
		Cure: "its driver hangs: plug the device in anew, or restart the machine",
	}
}

// Calls implements [acquire.CallCounter]: it counts the ioctls on the open device. Those on
// controls, which other goroutines make, count as well: of two at a time the number is even.
func (s *Source) Calls() uint64 { return s.camera.device.requests.Load() }

// open opens the device. It blocks for as long as the driver takes.
func (s *Source) open() (_ *camera, err error) {
	path, err := resolve(s.config.Device, List)
	if err != nil {
		return nil, err
	}
	c := &camera{}
	if c.free, err = holder.Claim(path, s.config.Owner); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	var about capability
	if c.device, about, err = openCapture(path); err != nil {
		return nil, err
	}
	formats := s.formats(c.device.formats())
	chosen, ok := choose(formats, s.config.PixelFormat, s.config.Width, s.config.Height, s.config.FrameRate)
	if !ok {
		return nil, s.refuseFormats(path, formats)
	}
	c.native = chosen
	if !chosen.compressed() && slices.ContainsFunc(formats, func(f Format) bool { return f.FourCC == mjpg }) {
		c.alternative = media.PixelFormat(media.JPEG)
	}
	if err := s.negotiate(c, path, formats); err != nil {
		return nil, err
	}
	if c.driverFormat.colours != "" && chosen.convert && chosen.yuv() {
		s.notice("colours", "its YUV is %s, and converted as if it were ITU-R BT.601 in the limited range: colours are off; an untouched pixel_format leaves them", c.driverFormat.colours)
	}
	rate, err := s.negotiateRate(c)
	if err != nil {
		if errors.Is(err, unix.ENODEV) {
			return nil, err
		}
		// Some drivers have no rates.
		s.notice("rate", "its rate is not known: %v", err)
	}
	c.period = timing.Period(rate)
	if !chosen.stream {
		c.drop, rate = timing.NewDecimator(rate, s.config.FrameRate)
	}
	if c.queue, err = newQueue(c.device, s.config.Buffers); err != nil {
		return nil, busy(path, err)
	}
	if c.controls, err = control.New(c.device); err != nil {
		if errors.Is(err, unix.ENODEV) {
			return nil, err
		}
		s.notice("controls", "its controls cannot be set: %v", err)
	} else if silent := c.controls.Silent(); len(silent) > 0 {
		s.notice("silent", "controls are left out that the camera does not answer for: %s", strings.Join(silent, ", "))
	}
	c.format = media.VideoFormat{
		Device:    label(about.card, path),
		Width:     c.driverFormat.width,
		Height:    c.driverFormat.height,
		FrameRate: rate,
		Encoding:  s.config.PixelFormat,
	}
	if asked := s.config.FrameRate; asked > 0 && rate > 0 && math.Abs(rate-asked) > 0.01*asked {
		s.notice("rate", "framerate %v was asked for, the device gives %.4g images/s with %v", asked, rate, chosen.code)
	}
	c.opened = clock.Monotonic()
	return c, nil
}

// label describes an open camera for people. Some drivers have no name for it.
func label(card, path string) string {
	if card = strings.Join(strings.Fields(card), " "); card == "" {
		return path
	}
	return fmt.Sprintf("%s (%s)", card, path)
}

// Close gives the device back. It waits for requests for controls that are under way.
func (s *Source) Close() error {
	c := s.camera
	if c == nil {
		return nil
	}
	s.camera = nil
	s.show(nil, nil)
	c.close()
	if s.config.Converter != nil {
		s.config.Converter.Close()
	}
	return nil
}

// close frees everything that has been opened.
func (c *camera) close() {
	if c.controls != nil {
		c.controls.Close()
	}
	if c.queue != nil {
		c.queue.close()
	}
	if c.device != nil {
		c.device.close()
	}
	c.planeBuffer.free()
	c.free()
}

// show makes the controls of a device, or nil, available to requests.
func (s *Source) show(controls *control.Set, n *device) {
	s.access.Lock()
	defer s.access.Unlock()
	s.controls, s.watched = controls, n
}
