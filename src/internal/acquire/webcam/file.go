package webcam

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"gocv.io/x/gocv"
	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/film"
)

const (
	// OpenCV's names, which gocv 0.43 does not have. Only the FFmpeg
	// back-end knows them, and only when it opens.
	openTimeoutMsec gocv.VideoCaptureProperties = 53
	readTimeoutMsec gocv.VideoCaptureProperties = 54

	// How long a server may be silent [ms].
	streamTimeout = 10000
)

// openVideo opens a file or a stream with OpenCV, which hands out images as
// they are compressed if the plan says so. It is called on the capture's thread.
func openVideo(name string, p plan) (*gocv.VideoCapture, error) {
	video, err := openDecoded(name)
	if err != nil || !p.compressed {
		return video, err
	}
	if got := FourCC(video.Get(gocv.VideoCaptureFOURCC)); !slices.Contains(motionJPEGs, got) {
		err = noMotionJPEG(got.String())
	} else {
		// The packets of the file. Only the FFmpeg back-end has them.
		video.Set(gocv.VideoCaptureFormat, -1)
		if video.Get(gocv.VideoCaptureFormat) != -1 {
			err = fmt.Errorf("this OpenCV has no raw data of it: take another pixel_format: %w", acquire.ErrUnsupported)
		}
	}
	if err != nil {
		video.Close() // always nil
		return nil, err
	}
	return video, nil
}

// motionJPEGs are the codes under which films hold JPEG images. With mp4v they
// may hold others too, which their first image shows.
var motionJPEGs = []FourCC{mjpg, jpeg, fourCC("mjpg"), fourCC("mjpe"), fourCC("jpeg"), fourCC("mp4v")}

func noMotionJPEG(what string) error {
	return fmt.Errorf("its images are %s, and pixel_format mjpeg wants motion JPEG: take another pixel_format: %w", what, acquire.ErrUnsupported)
}

// isJPEG says whether data begins as a JPEG file does.
func isJPEG(data []byte) bool { return len(data) > 2 && data[0] == 0xff && data[1] == 0xd8 }

// openDecoded opens a file or a stream whose images OpenCV decodes.
func openDecoded(name string) (*gocv.VideoCapture, error) {
	if acquire.IsURL(name) {
		video, err := gocv.VideoCaptureFileWithAPIParams(name, gocv.VideoCaptureFFmpeg, []gocv.VideoCaptureProperties{
			openTimeoutMsec, streamTimeout, readTimeoutMsec, streamTimeout,
		})
		if err != nil {
			video.Close() // always nil
			// What gocv says is the URL, with its password.
			return nil, fmt.Errorf("OpenCV cannot open it: %w", acquire.ErrAbsent)
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
	p := fromBGR(s.config.PixelFormat)
	if s.config.PixelFormat == acquire.JPEG {
		p = compressed(mjpg)
	}
	video, err := openVideo(s.config.Device, p)
	if err != nil {
		return err
	}
	c.use(video, p)
	c.format = acquire.VideoFormat{
		Device:    acquire.Redacted(s.config.Device),
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
	video, err := openVideo(s.config.Device, c.plan)
	if err != nil {
		return err
	}
	c.video = video
	return nil
}

// runFile reads images until ctx ends or the file does.
func (s *Source) runFile(ctx context.Context, c *capture, emit func(*acquire.Image)) error {
	live := film.IsLive(s.config.Device)
	alarm, err := acquire.NewAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	if c.format.FrameRate == 0 && !live {
		s.notice("rate", "does not say how fast it is to be played: %d images/s where its images carry no time", film.UsualFrameRate)
	}
	screening := film.New(c.format.FrameRate)
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
			screening.Restart()
			continue
		default:
			return fmt.Errorf("after %d images: %w", images, acquire.ErrEnd)
		}
		if images == 0 && c.plan.compressed && !isJPEG(c.image.Data) {
			return noMotionJPEG("of another kind")
		}
		images++
		if live {
			c.image.Stamp, c.image.Stamped = max(c.at, c.image.Stamp+1), acquire.StampArrival
		} else {
			due := screening.Due(c.position, acquire.Monotonic())
			if !alarm.Wait(due) {
				return nil
			}
			c.image.Stamp, c.image.Stamped = due, acquire.StampSchedule
		}
		emit(&c.image)
		c.image.Sequence++
	}
	return nil
}
