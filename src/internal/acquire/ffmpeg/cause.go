package ffmpeg

import (
	"slices"
	"syscall"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/media"
)

// refusal is an end of ffmpeg before the first image of an input.
type refusal struct {
	ffmpegprocess.Refusal
	in input
}

// cause returns the error of package media that fits, nil if none does.
func (r refusal) cause() error {
	c := r.Code()
	is := func(e syscall.Errno) bool { return c == ffmpegprocess.OfErrno(e) }
	switch {
	case slices.ContainsFunc(ffmpegprocess.Absences, is):
		return media.ErrAbsent
	case slices.ContainsFunc(ffmpegprocess.Refusals, is):
		return r.unsupported()
	}
	switch c {
	case ffmpegprocess.OfErrno(syscall.EBUSY):
		return media.ErrBusy
	case ffmpegprocess.OfErrno(syscall.EIO):
		if r.in.remote { // its name is not resolved
			return media.ErrAbsent
		}
	case ffmpegprocess.NotFound:
		if r.Answered() {
			return media.ErrAbsent
		}
		r.Fatal = true
		return r.unsupported()
	case ffmpegprocess.InvalidData, ffmpegprocess.CannotYet, ffmpegprocess.MostlyBad:
		return r.unsupported()
	}
	return nil
}

// unsupported returns the error of an input that ffmpeg does not take. A server may send
// something else later, another file or device may have the same name.
func (r refusal) unsupported() error {
	if r.in.generated || r.Fatal && !r.in.remote {
		return media.ErrMisconfigured
	}
	return media.ErrUnsupported
}
