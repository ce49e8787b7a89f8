package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/holder"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

const (
	// firstImageLimit bounds the time to the first image: ffmpeg probes a stream for up to
	// 5 s.
	firstImageLimit = 20 * time.Second

	// stallLimit and three periods bound the time between images of inputs other than
	// devices: a server may be silent for longer.
	stallLimit = 10 * time.Second

	// exitLimit bounds the time from the end of ffmpeg's output to its own end, which has the
	// exit status.
	exitLimit = 5 * time.Second
)

// Source is an [acquire.VideoSource] of an ffmpeg process.
type Source struct {
	config  Config
	stderr  *ffmpegprocess.Log
	session *session     // nil while closed
	part    *timing.Part // in the film; nil while closed
	noticed bool         // people know that the driver's stamps are of no use
}

var (
	_ acquire.VideoSource = (*Source)(nil)
	_ acquire.Patient     = (*Source)(nil)
)

// session holds the input from Open to Close.
type session struct {
	in      input
	free    func() // ends the claim on a V4L2 device
	process *ffmpegprocess.Process
	reader  *nut.Reader
	memory  nut.Memory
	format  media.VideoFormat
	drop    timing.Decimator // of a V4L2 device's images above the wanted rate
	period  time.Duration    // between two images of the input; 0 if unknown

	image   media.Image   // the newest, whole
	time    time.Duration // of it, on the stream's clock
	first   time.Duration // of the first image
	arrived time.Duration // when it was read, on CLOCK_MONOTONIC
}

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	if config.program == "" {
		config.program = "ffmpeg"
	}
	return &Source{config: config, stderr: ffmpegprocess.NewLog(config.Notice)}
}

// Patience implements [acquire.Patient], for a process that the kernel blocks. All else has
// limits of its own.
func (s *Source) Patience() acquire.Patience {
	return acquire.Patience{
		Open: firstImageLimit + 10*time.Second,
		Cure: "ffmpeg is blocked in the kernel: look at the device, the disk or the file server that it reads",
	}
}

// Check implements [acquire.Checker].
func (s *Source) Check() error { return s.config.validate() }

// Open starts ffmpeg and waits for the first image: then the input works and has the
// returned size.
//
// The errors are [media.ErrAbsent], [media.ErrBusy], [media.ErrUnknownDevice],
// [media.ErrUnsupported] and [media.ErrMisconfigured]; their texts have ffmpeg's own messages.
func (s *Source) Open(ctx context.Context) (media.VideoFormat, error) {
	if err := s.config.validate(); err != nil {
		return media.VideoFormat{}, err
	}
	in, err := s.config.resolve()
	if err != nil {
		return media.VideoFormat{}, fmt.Errorf("ffmpeg: %q: %w", inputurl.Redacted(s.config.Device), err)
	}
	r := &session{in: in, free: func() {}}
	if in.device {
		if r.free, err = holder.Claim(in.name, s.config.Owner); err != nil {
			return media.VideoFormat{}, fmt.Errorf("ffmpeg: %q: %w", in.name, err)
		}
	}
	s.stderr.Hide(in.args)
	s.part = s.config.Timelines.Join(s.config.Owner, s.config.Film)
	if err := s.begin(ctx, r); err != nil {
		s.part.Leave()
		r.memory.Free()
		r.free()
		return media.VideoFormat{}, fmt.Errorf("ffmpeg: %q: %w", inputurl.Redacted(in.name), err)
	}
	s.stderr.Speak()
	r.first = r.time
	s.session = r
	return r.format, nil
}

// restart is begin for an input that has come to its end. It checks the input anew.
func (s *Source) restart(ctx context.Context, r *session) error {
	in, err := s.config.resolve()
	if err != nil {
		return err
	}
	if !in.device {
		r.in = in
	}
	return s.begin(ctx, r)
}

// begin starts ffmpeg and reads the first image. On an error it leaves nothing behind.
func (s *Source) begin(ctx context.Context, r *session) (err error) {
	begun := clock.Monotonic()
	process, err := ffmpegprocess.Start(s.config.program, s.config.arguments(r.in), s.stderr)
	if err != nil {
		return err
	}
	r.process = process
	defer func() {
		if err != nil {
			r.process.End()
			s.stderr.Mute()
		}
	}()
	defer r.cutShort(ctx)()
	if err := r.within(ctx, firstImageLimit); err != nil {
		return err
	}
	r.reader = nut.NewReader(r.process.Output)
	stream, err := r.reader.Open()
	if err == nil {
		err = s.describe(r, stream)
	}
	if err == nil {
		err = s.next(r)
	}
	switch {
	case err == nil:
		r.image.Stamp = begun // no image is older than this
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no image within %v%s: %w", firstImageLimit, s.stderr.Because(), media.ErrLost)
	case ended(err):
		return s.refuse(ctx, r)
	}
	return err
}

// describe notes the format that the stream declares.
func (s *Source) describe(r *session, stream nut.Stream) error {
	f := pixelFormats[s.config.PixelFormat]
	if stream.Width == 0 {
		return fmt.Errorf("ffmpeg gives sound where images are wanted: %w", media.ErrUnsupported)
	}
	if err := media.CheckSize(stream.Width, stream.Height); err != nil {
		return err
	}
	if s.config.PixelFormat != media.JPEG && stream.FourCC != f.fourCC {
		return fmt.Errorf("ffmpeg gives the pixel format %q where %q was asked for: %w", stream.FourCC, f.fourCC, media.ErrUnsupported)
	}
	format := media.VideoFormat{
		Device:    inputurl.Redacted(r.in.name) + " through ffmpeg",
		Width:     stream.Width,
		Height:    stream.Height,
		FrameRate: media.FrameRate(stream.FrameRate),
		Encoding:  s.config.PixelFormat,
	}
	r.period = timing.Period(format.FrameRate)
	if r.in.device {
		s.compareRate(r, format.FrameRate)
		r.drop, format.FrameRate = timing.NewDecimator(format.FrameRate, s.config.FrameRate)
	}
	if r.format != (media.VideoFormat{}) && r.format != format {
		return fmt.Errorf("the input begins again with %dx%d: %w", stream.Width, stream.Height, media.ErrLost)
	}
	if err := s.check(r, format); err != nil {
		return err
	}
	r.format = format
	r.image.Width, r.image.Height, r.image.Encoding = stream.Width, stream.Height, s.config.PixelFormat
	return nil
}

// check compares the size of a V4L2 device with the wanted one: ffmpeg takes any size that
// the driver chooses.
func (s *Source) check(r *session, format media.VideoFormat) error {
	if !r.in.device {
		return nil
	}
	if c := s.config; c.Width > 0 && (format.Width != c.Width || format.Height != c.Height) {
		offers := ""
		if c.Offers != nil {
			offers = "; it offers " + c.Offers(r.in.name)
		}
		return fmt.Errorf("image_width x image_height %dx%d is refused, the device gives %dx%d%s: %w",
			c.Width, c.Height, format.Width, format.Height, offers, media.ErrUnsupported)
	}
	return nil
}

// compareRate tells people about a V4L2 device that has only lower rates than the wanted
// one.
func (s *Source) compareRate(r *session, got float64) {
	if asked := s.config.FrameRate; got > 0 && got < 0.99*asked && s.config.Notice != nil {
		s.config.Notice(fmt.Sprintf("ffmpeg: %q: framerate %v was asked for, the device gives %.4g images/s", r.in.name, asked, got))
	}
}

// next reads the next image into the memory of the last one.
func (s *Source) next(r *session) error {
	packet, err := r.reader.Next()
	if err != nil {
		return err
	}
	step := 0
	if s.config.PixelFormat != media.JPEG {
		step = packet.Size / r.image.Height
		if step*r.image.Height != packet.Size || step < r.image.Width*pixelFormats[s.config.PixelFormat].size {
			return fmt.Errorf("an image of %d bytes, which is not %dx%d: %w", packet.Size, r.image.Width, r.image.Height, media.ErrLost)
		}
	}
	data, err := r.memory.Room(packet.Size)
	if err != nil {
		return err
	}
	if err := r.reader.Read(data); err != nil {
		return err
	}
	r.arrived = clock.Monotonic()
	// A later image that begins otherwise is damaged.
	if first := r.image.Data == nil; first && s.config.PixelFormat == media.JPEG && !bytes.HasPrefix(data, []byte{0xff, 0xd8}) {
		return errNoJPEG
	}
	r.image.Data, r.image.Step, r.time = data, step, packet.Time
	return nil
}

// Run emits images until ctx ends, and then returns nil within a moment.
//
// It returns [media.ErrLost] when ffmpeg ends or stalls, and [media.ErrEnd] at the end of a
// file without Loop.
func (s *Source) Run(ctx context.Context, emit func(*media.Image)) error {
	r := s.session
	if err := s.emitAll(ctx, r, emit); err != nil {
		return fmt.Errorf("ffmpeg: %q: %w", inputurl.Redacted(r.in.name), err)
	}
	return nil
}

// emitAll emits images until ctx ends or the input does.
func (s *Source) emitAll(ctx context.Context, r *session, emit func(*media.Image)) error {
	limit := stallLimit
	if r.in.device {
		limit = timing.StallLimit
	}
	if s.config.stall > 0 {
		limit = s.config.stall
	}
	limit += 3 * r.period
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	stop := r.cutShort(ctx)
	defer func() { stop() }()
	presentation := timing.NewPresentation(r.format.FrameRate, s.part)
	if r.in.paced && !presentation.Begin(ctx, r.position()) {
		return nil
	}
	gaps := timing.GapCounter{Period: r.period}
	emitted := false
	for {
		wanted, ok := s.stamp(ctx, r, presentation, alarm)
		if !ok {
			return nil
		}
		if r.image.Stamped == media.StampDriver {
			r.image.Sequence += gaps.Lost(r.image.Stamp)
		}
		switch {
		case !wanted && emitted:
			r.image.Sequence++
		case wanted && !r.drop.Unwanted(r.image.Stamp, r.period):
			emitted = true
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
		err = s.ending(ctx, r, err)
		if ctx.Err() != nil {
			return nil
		}
		if !errors.Is(err, media.ErrEnd) {
			return err
		}
		if r.in.paced {
			presentation.End()
		}
		if !s.config.Loop {
			// The sound may be longer: the film ends for both at once.
			if r.in.paced && !(presentation.Await(ctx) && alarm.Wait(presentation.Ended())) {
				return nil
			}
			return err
		}
		stamp := r.image.Stamp
		r.process.End()
		stop()
		if err := s.restart(ctx, r); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		s.stderr.Speak()
		stop = r.cutShort(ctx)
		r.image.Stamp = stamp
		if r.in.paced && !presentation.Await(ctx) {
			return nil
		}
	}
}

// stamp notes when the newest image was acquired. Of a paced input that is when the image
// is due, and stamp waits until then, unless the image is to be dropped: it is not wanted then.
// ok is false when ctx ends first.
//
// The stamp of a V4L2 device is the time of the driver's buffer, which ffmpeg passes on, if
// it is a time on CLOCK_MONOTONIC since the last image (or the start). Other inputs are
// stamped when the image has been read from the pipe.
func (s *Source) stamp(ctx context.Context, r *session, presentation *timing.Presentation, alarm *clock.Alarm) (wanted, ok bool) {
	last := r.image.Stamp
	switch {
	case r.in.paced:
		due, wanted := presentation.Due(r.position(), clock.Monotonic())
		if !wanted {
			return false, ctx.Err() == nil
		}
		r.image.Stamp, r.image.Stamped = due, media.StampSchedule
		return true, alarm.Wait(due)
	default:
		driver := time.Duration(0)
		if r.in.device {
			driver = r.time
		}
		stamps := timing.Stamper{Last: last, Period: r.period}
		stamp, ofDriver, odd := stamps.Stamp(driver, r.arrived)
		r.image.Stamp, r.image.Stamped = stamp, media.StampArrival
		if ofDriver {
			r.image.Stamped = media.StampDriver
		}
		if odd && r.in.device && !s.noticed && s.config.Notice != nil {
			s.noticed = true
			s.config.Notice(fmt.Sprintf("ffmpeg: %q: "+timing.OddStamp, r.in.name, r.time, r.arrived))
		}
	}
	return true, ctx.Err() == nil
}

// position returns the newest image's time since the first one [ms].
func (r *session) position() float64 { return float64(r.time-r.first) / float64(time.Millisecond) }

// ending returns the error of the end of the images.
func (s *Source) ending(ctx context.Context, r *session, err error) error {
	images := r.image.Sequence
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("after %d images: ffmpeg gives no more%s: %w", images, s.stderr.Because(), media.ErrLost)
	}
	if !ended(err) {
		return err
	}
	if !exited(ctx, r.process) {
		return fmt.Errorf("after %d images: ffmpeg has closed its output%s: %w", images, s.stderr.Because(), media.ErrLost)
	}
	if errors.Is(err, io.EOF) && r.process.State().Success() && r.in.ends {
		return fmt.Errorf("after %d images: %w", images, media.ErrEnd)
	}
	if r.in.device && s.stderr.Unplugged() {
		return media.Unplugged(int(images))
	}
	return fmt.Errorf("after %d images: %s%s: %w", images, r.process.Fate(), s.stderr.Because(), media.ErrLost)
}

// ended reports whether an error of reading means the end of ffmpeg's output.
func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// refuse returns the error of ffmpeg's end before the first image.
func (s *Source) refuse(ctx context.Context, r *session) error {
	err := refused(ctx, r.process, s.stderr, r.in, "ffmpeg", "image")
	switch {
	case r.in.device && errors.Is(err, media.ErrBusy):
		return fmt.Errorf("%s: %w", holder.Of(r.in.name), media.ErrBusy)
	case s.config.PixelFormat == media.JPEG && s.stderr.Refusal(0).OfOutput():
		return fmt.Errorf("%w (%s)", errNoJPEG, s.stderr.Why())
	}
	return err
}

// exited waits until a process whose output has ended is gone, and reports whether it is. It
// waits until ctx ends, and no longer than exitLimit.
func exited(ctx context.Context, process *ffmpegprocess.Process) bool {
	ctx, cancel := context.WithTimeout(ctx, exitLimit)
	defer cancel()
	select {
	case <-process.Done():
		return true
	case <-ctx.Done():
		return false
	}
}

// refused returns the error of the end of ffmpeg, or of ffprobe, before the first image, say.
// It is ctx's if ctx ends before the process.
func refused(ctx context.Context, process *ffmpegprocess.Process, log *ffmpegprocess.Log, in input, program, first string) error {
	if !exited(ctx, process) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s has closed its output before the first %s%s", program, first, log.Because())
	}
	cause := refusal{log.Refusal(process.State().ExitCode()), in}.cause()
	switch why := log.Why(); {
	case cause == nil:
		return fmt.Errorf("%s before the first %s%s", process.Fate(), first, log.Because())
	case why == "":
		return fmt.Errorf("%s: %w", process.Fate(), cause)
	default:
		return fmt.Errorf("%s: %w", why, cause)
	}
}

// errNoJPEG is the error of an input whose images cannot be passed on as they are.
var errNoJPEG = fmt.Errorf("pixel_format mjpeg wants an input of JPEG images, which this is not: take another pixel_format: %w", media.ErrUnsupported)

// cutShort ends reads when ctx ends, until stop is called.
func (r *session) cutShort(ctx context.Context) (stop func()) {
	images := r.process.Output
	cancel := context.AfterFunc(ctx, func() {
		_ = images.SetReadDeadline(time.Unix(1, 0)) // it may be closed by now
	})
	return func() { cancel() }
}

// within ends reads when a limit is over. It returns ctx's error if ctx has ended, since
// the new deadline then replaces that of cutShort.
func (r *session) within(ctx context.Context, limit time.Duration) error {
	if err := r.process.Output.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	return ctx.Err()
}

// Close ends ffmpeg, and with it gives the device back. It blocks while the kernel blocks
// the process.
func (s *Source) Close() error {
	r := s.session
	if r == nil {
		return nil
	}
	s.session = nil
	s.part.Leave()  // first: others wait for it
	s.stderr.Mute() // ffmpeg complains of the closed pipe
	r.process.End()
	r.memory.Free()
	r.free()
	s.stderr.Mute()
	return nil
}
