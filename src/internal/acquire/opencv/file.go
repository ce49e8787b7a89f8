package opencv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
	"av_capture/src/internal/regularfile"
)

const (
	// streamTimeout is the longest silence of a server [ms].
	streamTimeout = 10000

	// refusedInARow bounds consecutive images of a file that are refused. OpenCV's reads
	// fail at such an image as they do at the end, and then go on behind it.
	refusedInARow = 25

	// seekFrom is the lateness from which a source that joins a film seeks: what is less is
	// read and dropped.
	seekFrom = 10 * time.Second
)

// locate returns the file or URL that OpenCV is to open. It checks the name at each
// opening.
func (s *Source) locate() (string, error) {
	if s.config.Locate == nil {
		return s.config.Device, nil
	}
	return s.config.Locate(s.config.Device)
}

// openVideo opens a file or a stream with OpenCV, which leaves its images compressed if
// the conversion does. It is called on the capture's thread.
func (s *Source) openVideo(p conversion) (*video, error) {
	name, err := s.locate()
	if err != nil {
		return nil, err
	}
	video, err := openDecoded(name)
	if err != nil || !p.compressed {
		return video, err
	}
	if got := video.codec(); !slices.ContainsFunc(motionJPEGs, func(code string) bool { return strings.EqualFold(code, got) }) {
		err = noMotionJPEG(got)
	} else {
		// This asks for the file's packets, which only the FFmpeg back-end has.
		video.set(propFormat, -1)
		if video.get(propFormat) != -1 {
			err = fmt.Errorf("this OpenCV has no raw data of it: take another pixel_format: %w", media.ErrUnsupported)
		}
	}
	if err != nil {
		video.close()
		return nil, err
	}
	return video, nil
}

// motionJPEGs are the codes of videos of JPEG images, whose case depends on OpenCV's version.
// A video with mp4v may hold others too, which its first image shows.
var motionJPEGs = []string{"mjpg", "jpeg", "mjpe", "mp4v"}

func noMotionJPEG(what string) error {
	return fmt.Errorf("its images are %s, and pixel_format mjpeg wants motion JPEG: take another pixel_format: %w", what, media.ErrUnsupported)
}

// isJPEG reports whether data begin like a JPEG file.
func isJPEG(data []byte) bool { return len(data) > 2 && data[0] == 0xff && data[1] == 0xd8 }

// openDecoded opens a file or a stream whose images OpenCV decodes.
func openDecoded(name string) (*video, error) {
	end, err := options.begin(name)
	if err != nil {
		return nil, err
	}
	defer end()
	if inputurl.IsURL(name) {
		video, err := newVideo(name, capFFmpeg,
			setting{propOpenTimeoutMsec, streamTimeout}, setting{propReadTimeoutMsec, streamTimeout})
		if errors.Is(err, errNotOpened) {
			err = fmt.Errorf("OpenCV cannot open it: %w", media.ErrAbsent)
		}
		return video, err
	}
	// The back-end is fixed, as another may take the name for more: GStreamer for a
	// pipeline. A name with % is an image sequence, as in "image_%03d.png": OpenCV's own
	// reader of them takes images of any size.
	name = inputurl.LocalPath(name)
	if !filepath.IsAbs(name) {
		name = "./" + name // FFmpeg takes a prefix with a colon for a protocol
	}
	if !strings.Contains(name, "%") {
		switch err := regularfile.Check(name); {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w: %w", media.Bare(err), media.ErrAbsent)
		case errors.Is(err, regularfile.ErrOther):
			if info, gone := os.Stat(name); gone == nil && info.Mode()&fs.ModeDevice != 0 {
				return nil, fmt.Errorf("%w: set source to v4l2: %w", err, media.ErrUnsupported)
			}
			return nil, fmt.Errorf("%w: %w", err, media.ErrUnsupported)
		case err != nil:
			return nil, media.Bare(err)
		}
		if err := unix.Access(name, unix.R_OK); err != nil {
			return nil, err
		}
	}
	video, err := newVideo(name, capFFmpeg)
	if errors.Is(err, errNotOpened) {
		err = fmt.Errorf("OpenCV finds no video in it: %w", media.ErrUnsupported)
	}
	return video, err
}

// openFile opens a file or a stream. It is called on the capture's thread.
func (s *Source) openFile(c *videoCapture) error {
	p := fromBGR(s.config.PixelFormat)
	if s.config.PixelFormat == media.JPEG {
		p = compressed
	}
	video, err := s.openVideo(p)
	if err != nil {
		return err
	}
	c.setUp(video, p)
	c.format = media.VideoFormat{
		Device:    inputurl.Redacted(s.config.Device),
		Width:     int(video.get(propWidth)),
		Height:    int(video.get(propHeight)),
		FrameRate: media.FrameRate(video.get(propFPS)),
		Encoding:  s.config.PixelFormat,
	}
	if c.format.Width <= 0 || c.format.Height <= 0 {
		return fmt.Errorf("OpenCV finds no images in it: %w", media.ErrUnsupported)
	}
	if err := media.CheckSize(c.format.Width, c.format.Height); err != nil {
		return err
	}
	c.image.Encoding = s.config.PixelFormat
	return nil
}

// rewind starts the file again. It opens the file anew, as some formats cannot seek. It is
// called on the capture's thread.
func (s *Source) rewind(c *videoCapture) error {
	c.video.close()
	c.video = nil
	video, err := s.openVideo(c.conversion)
	if err != nil {
		return err
	}
	c.video = video
	return nil
}

// runFile reads images until ctx ends or the file does.
func (s *Source) runFile(ctx context.Context, c *videoCapture, emit func(*media.Image)) error {
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	f := &fileRun{
		source: s, c: c, alarm: alarm, live: inputurl.IsLive(s.config.Device),
		presentation: timing.NewPresentation(c.format.FrameRate, s.part),
	}
	if c.format.FrameRate == 0 && !f.live {
		s.notice("rate", "does not say how fast it is to be played: %d images/s where its images carry no time", timing.UsualFrameRate)
	}
	emitted := false // an image
	refused := 0     // since the last one
	for ctx.Err() == nil {
		c.start(c.readCall)
		if !s.read(ctx, c) {
			return nil
		}
		switch {
		case c.ok && c.err != nil:
			return c.err
		case c.ok:
		case !inputurl.IsURL(s.config.Device) && refused < refusedInARow:
			refused++
			continue
		default:
			if err := f.again(ctx); err != nil {
				return err
			}
			refused = 0
			continue
		}
		if f.images == 0 && c.conversion.compressed && !isJPEG(c.image.Data) {
			return noMotionJPEG("of another kind")
		}
		f.images++
		for ; refused > 0; refused-- {
			c.emitRefused(emit)
		}
		wanted, ok := f.await(ctx)
		switch {
		case !ok:
			return nil
		case wanted:
			emit(&c.image)
			emitted = true
			c.image.Sequence++
		case emitted:
			c.image.Sequence++
		}
	}
	return nil
}

// fileRun is one run of a file or a stream. The goroutine of the run uses it.
type fileRun struct {
	source       *Source
	c            *videoCapture
	live         bool // a stream that gives its images when they come
	alarm        *clock.Alarm
	presentation *timing.Presentation
	begun        bool // the presentation
	images       int  // since the start of the file
}

// again begins the file again after its end, or returns the error of that. It returns nil, too,
// when ctx ends.
func (f *fileRun) again(ctx context.Context) error {
	switch {
	case f.live:
		return lost(f.images, "the stream has ended")
	case f.source.config.Loop && f.images > 0:
		f.presentation.End()
		var err error
		f.c.start(func() { err = f.source.rewind(f.c) })
		if !f.source.read(ctx, f.c) {
			return nil
		}
		if err != nil {
			return err
		}
		f.presentation.Await(ctx)
		f.images = 0
		return nil
	}
	if f.begun {
		// The sound may be longer: the film ends for both at once.
		f.presentation.End()
		if !f.presentation.Await(ctx) || !f.alarm.Wait(f.presentation.Ended()) {
			return nil
		}
	}
	return fmt.Errorf("after %d images: %w", f.images, media.ErrEnd)
}

// await waits until the newest image is due, which it stamps, and reports whether it is wanted:
// it is not where it is late. ok is false when ctx ends first.
func (f *fileRun) await(ctx context.Context) (wanted, ok bool) {
	img := &f.c.image
	if f.live {
		img.Stamp, img.Stamped = max(f.c.at, img.Stamp+1), media.StampArrival
		return true, true
	}
	if !f.begun {
		f.begun = true
		if !f.presentation.Begin(ctx, f.c.position) {
			return false, false
		}
		if late := f.presentation.Late(f.c.position); late > seekFrom {
			return false, f.seek(ctx, late)
		}
	}
	due, wanted := f.presentation.Due(f.c.position, clock.Monotonic())
	if !wanted {
		return false, true
	}
	if !f.alarm.Wait(due) {
		return false, false
	}
	img.Stamp, img.Stamped = due, media.StampSchedule
	return true, true
}

// seek goes ahead in a file that is late, to somewhat before what is due: OpenCV counts images
// at a constant rate, and stops late where there are fewer. Images that are late are dropped.
// It reports whether it has come to an end before ctx did.
func (f *fileRun) seek(ctx context.Context, late time.Duration) bool {
	to := f.c.position + float64((late-seekFrom/2)/time.Millisecond)
	f.c.start(func() { f.c.video.set(propPosMsec, to) })
	return f.source.read(ctx, f.c)
}

// read is wait during a read of a file.
func (s *Source) read(ctx context.Context, c *videoCapture) bool {
	s.reads.Add(1)
	defer s.reads.Add(1)
	return wait(ctx, c)
}

// errRefused is the Damage of an image that FFmpeg did not decode.
var errRefused = fmt.Errorf("FFmpeg refuses it, as damaged or as larger than %d pixels: %w", media.MaxPixels, media.ErrDamaged)

// emitRefused emits a refused image, in place of one that came before the last read.
func (c *videoCapture) emitRefused(emit func(*media.Image)) {
	img := c.image
	img.Data, img.Damage = nil, errRefused
	emit(&img)
	c.image.Sequence++
}
