package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/cadence"
	"av_capture/src/internal/acquire/ffmpeg/nut"
	"av_capture/src/internal/acquire/film"
	"av_capture/src/internal/holder"
)

const (
	// The first image takes as long as the input needs to be found out: ffmpeg
	// listens to a stream for 5 s if it is hard to tell what it is.
	firstImageLimit = 20 * time.Second

	// Without an image for this time and three periods a device has stalled, as
	// in package webcam; a server may be silent for longer.
	deviceStallLimit = 1500 * time.Millisecond
	stallLimit       = 10 * time.Second
)

// Source is an [acquire.VideoSource] of what ffmpeg gives.
type Source struct {
	config Config
	said   *said

	mu       sync.Mutex    // guards what follows, against Close
	run      *run          // nil while closed
	leftover chan struct{} // closed when the process before has ended

	noticed bool // that the driver's stamps are of no use; of the goroutine in Run
}

var _ acquire.VideoSource = (*Source)(nil)

// run is what there is from Open to Close. One goroutine uses it, in Open or Run.
type run struct {
	in      input
	free    func() // ends the claim on a V4L2 device
	process *process
	reader  *nut.Reader
	memory  memory
	format  acquire.VideoFormat
	drop    cadence.Decimator // of a V4L2 device's images that come more often than they are wanted
	period  time.Duration     // between two images of the input; 0 where it does not tell
	used    bool              // Run has begun

	image   acquire.Image // the newest, whole
	time    time.Duration // of it, on the stream's clock
	arrived time.Duration // when it was read, on CLOCK_MONOTONIC
}

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	if config.program == "" {
		config.program = "ffmpeg"
	}
	return &Source{config: config, said: newSaid(config.Notice)}
}

// Open starts ffmpeg and waits for the first image, so that the input is known
// to work and to have the size that is returned.
//
// The errors are [acquire.ErrAbsent], [acquire.ErrBusy],
// [acquire.ErrUnknownDevice] and [acquire.ErrUnsupported]; the text says what
// ffmpeg said.
func (s *Source) Open(ctx context.Context) (acquire.VideoFormat, error) {
	if err := s.config.validate(); err != nil {
		return acquire.VideoFormat{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil {
		return acquire.VideoFormat{}, errors.New("ffmpeg: open: already open")
	}
	if s.leftover != nil {
		select {
		case <-s.leftover:
			s.leftover = nil
		default:
			return acquire.VideoFormat{}, fmt.Errorf("ffmpeg: the process of before has not ended yet: %w", acquire.ErrBusy)
		}
	}
	in, err := s.config.resolve()
	if err != nil {
		return acquire.VideoFormat{}, fmt.Errorf("ffmpeg: %q: %w", s.config.Device, err)
	}
	r := &run{in: in, free: func() {}}
	if in.node {
		if r.free, err = holder.Claim(in.name, s.config.Owner); err != nil {
			return acquire.VideoFormat{}, fmt.Errorf("ffmpeg: %q: %w", in.name, err)
		}
	}
	s.said.hide(in.name, acquire.Redacted(in.name))
	if err := s.begin(ctx, r); err != nil {
		r.memory.free()
		r.free()
		return acquire.VideoFormat{}, fmt.Errorf("ffmpeg: %q: %w", acquire.Redacted(in.name), err)
	}
	s.said.speak()
	s.run = r
	return r.format, nil
}

// begin starts ffmpeg and reads the first image. On an error nothing is left.
func (s *Source) begin(ctx context.Context, r *run) (err error) {
	begun := acquire.Monotonic()
	process, err := start(s.config.program, s.config.arguments(r.in), s.said)
	if err != nil {
		return err
	}
	r.process = process
	defer func() {
		if err != nil {
			s.leave(r)
			s.said.mute()
		}
	}()
	defer r.cutShort(ctx)()
	if err := r.within(ctx, firstImageLimit); err != nil {
		return err
	}
	r.reader = nut.NewReader(r.process.images)
	stream, err := r.reader.Open()
	if err == nil {
		err = s.describe(r, stream)
	}
	if err == nil {
		err = s.next(r)
	}
	switch {
	case err == nil:
		r.image.Stamp = begun // no image is older
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no image within %v%s: %w", firstImageLimit, s.because(), acquire.ErrLost)
	case ended(err):
		r.process.wait(endLimit)
		return s.refusal(r)
	}
	return err
}

// describe notes what the stream says of itself.
func (s *Source) describe(r *run, stream nut.Stream) error {
	f := pixelFormats[s.config.PixelFormat]
	if s.config.PixelFormat != acquire.JPEG && stream.FourCC != f.fourCC {
		return fmt.Errorf("ffmpeg gives the pixel format %q where %q was asked for: %w", stream.FourCC, f.fourCC, acquire.ErrUnsupported)
	}
	format := acquire.VideoFormat{
		Device:    acquire.Redacted(r.in.name) + " through ffmpeg",
		Width:     stream.Width,
		Height:    stream.Height,
		FrameRate: stream.FrameRate,
		Encoding:  s.config.PixelFormat,
	}
	r.period = cadence.Period(format.FrameRate)
	if r.in.node {
		s.compareRate(r, format.FrameRate)
		r.drop, format.FrameRate = cadence.New(format.FrameRate, s.config.FrameRate)
	}
	if r.format != (acquire.VideoFormat{}) && r.format != format {
		return fmt.Errorf("the input begins again with %dx%d: %w", stream.Width, stream.Height, acquire.ErrLost)
	}
	if err := s.check(r, format); err != nil {
		return err
	}
	r.format = format
	r.image.Width, r.image.Height, r.image.Encoding = stream.Width, stream.Height, s.config.PixelFormat
	return nil
}

// check compares what a V4L2 device gives with what was asked for: ffmpeg takes
// whatever the driver makes of it.
func (s *Source) check(r *run, format acquire.VideoFormat) error {
	if !r.in.node {
		return nil
	}
	if c := s.config; c.Width > 0 && (format.Width != c.Width || format.Height != c.Height) {
		offers := ""
		if c.Offers != nil {
			offers = "; it offers " + c.Offers(r.in.name)
		}
		return fmt.Errorf("image_width x image_height %dx%d is refused, the device gives %dx%d%s: %w",
			c.Width, c.Height, format.Width, format.Height, offers, acquire.ErrUnsupported)
	}
	return nil
}

// compareRate tells of a V4L2 device that has lower rates only than was asked for.
func (s *Source) compareRate(r *run, got float64) {
	if asked := s.config.FrameRate; got > 0 && got < 0.99*asked && s.config.Notice != nil {
		s.config.Notice(fmt.Sprintf("ffmpeg: %q: framerate %v was asked for, the device gives %.4g images/s", r.in.name, asked, got))
	}
}

// next reads the next image into the memory of the one before.
func (s *Source) next(r *run) error {
	packet, err := r.reader.Next()
	if err != nil {
		return err
	}
	step := 0
	if s.config.PixelFormat != acquire.JPEG {
		step = packet.Size / r.image.Height
		if step*r.image.Height != packet.Size || step < r.image.Width*pixelFormats[s.config.PixelFormat].size {
			return fmt.Errorf("an image of %d bytes, which is not %dx%d: %w", packet.Size, r.image.Width, r.image.Height, acquire.ErrLost)
		}
	}
	data, err := r.memory.room(packet.Size)
	if err != nil {
		return err
	}
	if err := r.reader.Read(data); err != nil {
		return err
	}
	r.arrived = acquire.Monotonic()
	if s.config.PixelFormat == acquire.JPEG && (len(data) < 2 || data[0] != 0xff || data[1] != 0xd8) {
		return fmt.Errorf("pixel_format mjpeg wants an input of JPEG images, which this is not: take another pixel_format: %w", acquire.ErrUnsupported)
	}
	r.image.Data, r.image.Step, r.time = data, step, packet.Time
	return nil
}

// Run emits images until ctx ends, and then returns nil within a moment.
//
// It returns [acquire.ErrLost] when ffmpeg ends or gives nothing any more, and
// [acquire.ErrEnd] at the end of a file without Loop. It runs once after each
// Open.
func (s *Source) Run(ctx context.Context, emit func(*acquire.Image)) error {
	s.mu.Lock()
	r := s.run
	s.mu.Unlock()
	if r == nil || r.used {
		return errors.New("ffmpeg: run: not open")
	}
	r.used = true
	if err := s.pass(ctx, r, emit); err != nil {
		return fmt.Errorf("ffmpeg: %q: %w", acquire.Redacted(r.in.name), err)
	}
	return nil
}

// pass emits images until ctx ends or there are no more.
func (s *Source) pass(ctx context.Context, r *run, emit func(*acquire.Image)) error {
	limit := stallLimit
	if r.in.node {
		limit = deviceStallLimit
	}
	if s.config.stall > 0 {
		limit = s.config.stall
	}
	limit += 3 * r.period
	alarm, err := acquire.NewAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	stop := r.cutShort(ctx)
	defer func() { stop() }()
	screening := film.New(r.format.FrameRate)
	gaps := cadence.GapCounter{Period: r.period}
	for {
		if !s.stamp(ctx, r, screening, alarm) {
			return nil
		}
		if r.image.Stamped == acquire.StampDriver {
			r.image.Sequence += gaps.Lost(r.image.Stamp)
		}
		if !r.drop.Unwanted(r.image.Stamp, r.period) {
			emit(&r.image)
			r.image.Sequence++
		}
		if r.within(ctx, limit) != nil {
			return nil
		}
		err := s.next(r)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		if err = s.ending(r, err); !errors.Is(err, acquire.ErrEnd) || !s.config.Loop {
			return err
		}
		stamp := r.image.Stamp
		s.leave(r)
		stop()
		if err := s.begin(ctx, r); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		s.said.speak()
		stop = r.cutShort(ctx)
		r.image.Stamp = stamp
		screening.Restart()
	}
}

// stamp waits until the newest image is due, if that is ours to say, and notes
// when it was acquired. It returns false when ctx ends first.
//
// For a device that we have opened ourselves that is the driver's time of the
// buffer, which ffmpeg passes on, where it is one on CLOCK_MONOTONIC: between
// the image before (or the start) and now. For other inputs it is when the image
// has been read from the pipe, and for what is not live when it is due.
func (s *Source) stamp(ctx context.Context, r *run, screening *film.Film, alarm *acquire.Alarm) bool {
	last := r.image.Stamp
	switch {
	case r.in.paced:
		due := screening.Due(float64(r.time)/float64(time.Millisecond), acquire.Monotonic())
		r.image.Stamp, r.image.Stamped = due, acquire.StampSchedule
		return alarm.Wait(due)
	case r.in.node && r.time > last && r.time <= r.arrived:
		r.image.Stamp, r.image.Stamped = r.time, acquire.StampDriver
	case r.in.node && !s.noticed && s.config.Notice != nil:
		s.noticed = true
		s.config.Notice(fmt.Sprintf("ffmpeg: %q: the driver stamps an image with %v, which is not between %v and %v on CLOCK_MONOTONIC: the time of arrival is taken instead",
			r.in.name, r.time, last, r.arrived))
		fallthrough
	default:
		r.image.Stamp, r.image.Stamped = max(r.arrived, last+1), acquire.StampArrival
	}
	return ctx.Err() == nil
}

// ending says what the end of the images means.
func (s *Source) ending(r *run, err error) error {
	images := r.image.Sequence
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("after %d images: ffmpeg gives no more%s: %w", images, s.because(), acquire.ErrLost)
	}
	if !ended(err) {
		return err
	}
	if !r.process.wait(2 * time.Second) {
		return fmt.Errorf("after %d images: ffmpeg has closed its output%s: %w", images, s.because(), acquire.ErrLost)
	}
	if errors.Is(err, io.EOF) && r.process.state.Success() && r.in.ends {
		return fmt.Errorf("after %d images: %w", images, acquire.ErrEnd)
	}
	return fmt.Errorf("after %d images: %s%s: %w", images, r.process.fate(), s.because(), acquire.ErrLost)
}

// ended says whether an error of reading means that ffmpeg writes no more.
func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// causes are what ffmpeg's libraries say where an input may work later, or never.
var causes = []struct {
	text  string
	cause error
}{
	{"Device or resource busy", acquire.ErrBusy},
	{"No such file or directory", acquire.ErrAbsent},
	{"No such device", acquire.ErrAbsent},
	{"Connection refused", acquire.ErrAbsent},
	{"Connection timed out", acquire.ErrAbsent},
	{"Connection reset by peer", acquire.ErrAbsent},
	{"Network is unreachable", acquire.ErrAbsent},
	{"No route to host", acquire.ErrAbsent},
	{"Failed to resolve hostname", acquire.ErrAbsent},
	{"Server returned", acquire.ErrAbsent},
	{"Option not found", acquire.ErrUnsupported},
	{"Unrecognized option", acquire.ErrUnsupported},
	{"Unknown input format", acquire.ErrUnsupported},
	{"No such filter", acquire.ErrUnsupported},
	{"matches no streams", acquire.ErrUnsupported},
	{"Invalid data found", acquire.ErrUnsupported},
}

// refusal says why ffmpeg ended before the first image.
func (s *Source) refusal(r *run) error {
	why := s.said.why()
	for _, c := range causes {
		if strings.Contains(why, c.text) {
			if r.in.node && c.cause == acquire.ErrBusy {
				why = holder.Of(r.in.name)
			}
			return fmt.Errorf("%s: %w", why, c.cause)
		}
	}
	select {
	case <-r.process.done:
		return fmt.Errorf("%s before the first image%s", r.process.fate(), s.because())
	default:
		return fmt.Errorf("ffmpeg has closed its output before the first image%s", s.because())
	}
}

// because returns what ffmpeg said last, as the end of a sentence.
func (s *Source) because() string {
	if why := s.said.why(); why != "" {
		return ": " + why
	}
	return ""
}

// cutShort has reads return when ctx ends, until the function is called that it
// returns.
func (r *run) cutShort(ctx context.Context) (stop func()) {
	images := r.process.images
	cancel := context.AfterFunc(ctx, func() {
		_ = images.SetReadDeadline(time.Unix(1, 0)) // it may be closed by now
	})
	return func() { cancel() }
}

// within has reads return when a limit is over. It returns ctx's error if it has
// ended, as cutShort may have seen that before.
func (r *run) within(ctx context.Context, limit time.Duration) error {
	if err := r.process.images.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	return ctx.Err()
}

// leave ends the process, and says whether it is gone.
func (s *Source) leave(r *run) bool {
	if r.process.end() {
		return true
	}
	s.leftover = r.process.done
	return false
}

// Close ends ffmpeg, and with it gives the device back. If the kernel does not
// let the process go within a second it is left to end by itself, which is an
// error. It may be called any number of times, but not while Run is running.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.run
	if r == nil {
		return nil
	}
	s.run = nil
	s.said.mute() // it complains of the pipe that is closed, which nobody wants to know
	gone := s.leave(r)
	r.memory.free()
	r.free()
	s.said.mute()
	if !gone {
		return fmt.Errorf("ffmpeg: %q: close: the process is blocked in the kernel; the device is given back when it ends", acquire.Redacted(r.in.name))
	}
	return nil
}
