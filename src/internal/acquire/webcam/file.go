package webcam

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"gocv.io/x/gocv"
	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
)

const (
	// OpenCV's names, which gocv 0.43 does not have. Only the FFmpeg
	// back-end knows them, and only when it opens.
	openTimeoutMsec gocv.VideoCaptureProperties = 53
	readTimeoutMsec gocv.VideoCaptureProperties = 54

	// How long a server may be silent [ms].
	streamTimeout = 10000

	// Played so, with a notice, where a file does not say how fast.
	usualFrameRate = 25

	// A consumer that is late by less gets the images that it missed as fast
	// as it takes them; the film is stopped for one that is later.
	latenessLimit = time.Second

	// A longer gap between two images of a file is a mistake in the file.
	gapLimit = 10 * time.Second
)

// isURL says whether a name is one, as in "rtsp://camera/live".
func isURL(name string) bool {
	scheme, _, found := strings.Cut(name, "://")
	return found && scheme != "" && !strings.ContainsAny(scheme, "/.")
}

// isLive says whether a URL's server sets the pace.
func isLive(name string) bool {
	scheme, _, _ := strings.Cut(name, "://")
	switch strings.ToLower(scheme) {
	case "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "tcp", "srt", "mms", "mmsh":
		return isURL(name)
	}
	return false
}

// openVideo opens a file or a stream with OpenCV. It is called on the
// capture's thread.
func openVideo(name string) (*gocv.VideoCapture, error) {
	if isURL(name) {
		video, err := gocv.VideoCaptureFileWithAPIParams(name, gocv.VideoCaptureFFmpeg, []gocv.VideoCaptureProperties{
			openTimeoutMsec, streamTimeout, readTimeoutMsec, streamTimeout,
		})
		if err != nil {
			video.Close() // always nil
			return nil, fmt.Errorf("%w: %w", err, acquire.ErrAbsent)
		}
		return video, nil
	}
	// A name with % is a sequence of pictures, as in "image_%03d.png".
	if !strings.Contains(name, "%") {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w: %w", errorOf(err), acquire.ErrAbsent)
		case err != nil:
			return nil, errorOf(err)
		case info.IsDir():
			return nil, fmt.Errorf("is a folder, must be a video file: %w", acquire.ErrUnsupported)
		case info.Mode()&fs.ModeDevice != 0:
			return nil, fmt.Errorf("is a device, must be a video file: set source to v4l2: %w", acquire.ErrUnsupported)
		}
		if err := unix.Access(name, unix.R_OK); err != nil {
			return nil, err
		}
	}
	video, err := gocv.VideoCaptureFile(name)
	if err != nil {
		video.Close() // always nil
		return nil, fmt.Errorf("OpenCV finds no video in it: %w", acquire.ErrUnsupported)
	}
	return video, nil
}

// openFile opens a file or a stream. It is called on the capture's thread.
func (s *Source) openFile(c *capture) error {
	video, err := openVideo(s.config.Device)
	if err != nil {
		return err
	}
	c.use(video, fromBGR(s.config.PixelFormat))
	c.format = acquire.VideoFormat{
		Device:    s.config.Device,
		Width:     int(video.Get(gocv.VideoCaptureFrameWidth)),
		Height:    int(video.Get(gocv.VideoCaptureFrameHeight)),
		FrameRate: video.Get(gocv.VideoCaptureFPS),
		Encoding:  s.config.PixelFormat,
	}
	if c.format.Width <= 0 || c.format.Height <= 0 {
		return fmt.Errorf("OpenCV finds no images in it: %w", acquire.ErrUnsupported)
	}
	if r := c.format.FrameRate; !(r > 0 && r <= MaxFrameRate) {
		c.format.FrameRate = 0
	}
	c.image.Encoding = s.config.PixelFormat
	return nil
}

// rewind starts the file again. It opens it anew, as not every format can be
// searched. It is called on the capture's thread.
func (s *Source) rewind(c *capture) error {
	c.video.Close() // always nil
	c.video = nil
	video, err := openVideo(s.config.Device)
	if err != nil {
		return err
	}
	c.video = video
	return nil
}

// runFile reads images until ctx ends or the file does.
func (s *Source) runFile(ctx context.Context, c *capture, emit func(*acquire.Image)) error {
	live := isLive(s.config.Device)
	timer := time.NewTimer(0)
	defer timer.Stop()
	if c.format.FrameRate == 0 && !live {
		s.notice("rate", "does not say how fast it is to be played: %d images/s where its images carry no time", usualFrameRate)
	}
	film := newFilm(c.format.FrameRate)
	images := 0 // since the start of the file
	for ctx.Err() == nil {
		c.start(c.readCall)
		if !wait(ctx, c) {
			return nil
		}
		switch {
		case c.ok && c.err != nil:
			return c.err
		case c.ok:
		case live:
			return lost(images, "the stream has ended")
		case s.config.Loop && images > 0:
			var err error
			c.start(func() { err = s.rewind(c) })
			if !wait(ctx, c) {
				return nil
			}
			if err != nil {
				return err
			}
			images = 0
			film.restart()
			continue
		default:
			return fmt.Errorf("after %d images: %w", images, acquire.ErrEnd)
		}
		images++
		if live {
			c.image.Stamp, c.image.Stamped = max(c.at, c.image.Stamp+1), acquire.StampArrival
		} else {
			due := film.due(c.position, acquire.Monotonic())
			if !pause(ctx, timer, due) {
				return nil
			}
			c.image.Stamp, c.image.Stamped = due, acquire.StampSchedule
		}
		emit(&c.image)
		c.image.Sequence++
	}
	return nil
}

// film says when the images of a file are due, which is as far apart as the
// file says, counted from one origin so that nothing drifts.
type film struct {
	period time.Duration // between images that carry no time

	running  bool          // there has been an image
	restarts bool          // the next image is the first of the file again
	origin   time.Duration // when position was due, on CLOCK_MONOTONIC
	position float64       // [ms] in the file
	last     time.Duration // when the last image was due
	lastAt   float64       // [ms] its position
}

func newFilm(rate float64) *film {
	if rate <= 0 {
		rate = usualFrameRate
	}
	return &film{period: time.Duration(math.Round(float64(time.Second) / rate))}
}

// restart says that the next image is the first of the file again. It follows
// the last one after a period.
func (f *film) restart() { f.restarts = true }

// due returns when the next image is due, given its position in the file [ms]
// and the time now. It grows from image to image, and it is in the past, but
// by no more than latenessLimit, for a consumer that is late.
func (f *film) due(position float64, now time.Duration) time.Duration {
	var due time.Duration
	step := (position - f.lastAt) * float64(time.Millisecond)
	switch {
	case !f.running:
		f.running = true
		due = f.rebase(now, position)
	case f.restarts || !(step > 0 && step < float64(gapLimit)):
		// Without a credible time, one period after the image before.
		due = f.rebase(f.last+f.period, position)
	default:
		due = f.origin + time.Duration(math.Round((position-f.position)*float64(time.Millisecond)))
	}
	if now-due > latenessLimit {
		due = f.rebase(now, position)
	}
	due = max(due, f.last+1)
	f.restarts, f.last, f.lastAt = false, due, position
	return due
}

// rebase counts from here on.
func (f *film) rebase(due time.Duration, position float64) time.Duration {
	f.origin, f.position = due, position
	return due
}
