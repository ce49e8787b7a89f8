package ffmpegprocess

import (
	"slices"
	"strings"
	"syscall"
)

// Code is the lowest byte of an error code of FFmpeg, which is negative: -errno, or a tag of
// four characters whose first one is in that byte (libavutil/error.h).
type Code byte

// Codes other than those of errno.
const (
	None        Code = 0
	NotFound    Code = 0x100 - 0xF8 // an option, a filter, a format, a codec, a protocol; or a server's 4xx, 5xx
	InvalidData Code = 0x100 - 'I'
	CannotYet   Code = 0x100 - 'P'
	MostlyBad   Code = 69 // of ffmpeg alone: too many images could not be decoded
)

// anyError is the exit status of all errors of ffmpeg before 6.1. Since then it is the code.
const anyError = 1

// OfErrno returns the code of an errno.
func OfErrno(e syscall.Errno) Code { return Code(-e & 0xff) }

// Absences are the errors of an input that may be there later.
var Absences = []syscall.Errno{
	syscall.ENOENT, syscall.ENODEV, syscall.ENXIO,
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.ETIMEDOUT,
	syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH,
}

// Refusals are the errors of what ffmpeg or a driver does not take.
var Refusals = []syscall.Errno{syscall.EINVAL, syscall.ENOTTY, syscall.ENOSYS}

// texts are those that FFmpeg's libraries have for codes (libavutil/error.c), in lower case.
// For errno they are the C library's, which are Go's too.
var texts = map[string]Code{
	"bitstream filter not found":                     NotFound,
	"decoder not found":                              NotFound,
	"demuxer not found":                              NotFound,
	"encoder not found":                              NotFound,
	"filter not found":                               NotFound,
	"option not found":                               NotFound,
	"protocol not found":                             NotFound,
	"invalid data found when processing input":       InvalidData,
	"not yet implemented in ffmpeg, patches welcome": CannotYet,
}

func init() {
	for _, e := range slices.Concat(Absences, Refusals, []syscall.Errno{syscall.EBUSY, syscall.EIO}) {
		texts[e.Error()] = OfErrno(e)
	}
}

// answer begins the text of a server's 4xx and 5xx.
const answer = "server returned "

// textOf returns the text of a code at the end of a message, as in
// "/dev/video0: Device or resource busy", in lower case.
func textOf(message string) string {
	if i := strings.LastIndex(message, ": "); i >= 0 {
		message = message[i+2:]
	}
	return strings.ToLower(message)
}

// Refusal is an end of ffmpeg before the first image.
type Refusal struct {
	Status int      // ffmpeg's exit status
	Errors []string // its last messages of errors
	Fatal  bool     // the first was fatal: ffmpeg's arguments are wrong, or the input has no video
}

// Code returns the code of the error.
func (r Refusal) Code() Code {
	if r.Status != anyError {
		return Code(r.Status)
	}
	for i := len(r.Errors) - 1; i >= 0; i-- {
		text := textOf(r.Errors[i])
		if strings.HasPrefix(text, answer) {
			return NotFound
		}
		if c := texts[text]; c != None {
			return c
		}
	}
	if r.Fatal {
		return OfErrno(syscall.EINVAL)
	}
	return None
}

// Answered reports whether a server has answered with 4xx or 5xx.
func (r Refusal) Answered() bool {
	for _, message := range r.Errors {
		if strings.HasPrefix(textOf(message), answer) {
			return true
		}
	}
	return false
}

// OfOutput reports whether ffmpeg complains of what it is to write rather than of the input:
// the message is that of the muxer, which has the name of the format.
func (r Refusal) OfOutput() bool {
	for _, message := range r.Errors {
		if strings.HasPrefix(message, "[nut]") || strings.HasPrefix(message, "[out#") {
			return true
		}
	}
	return false
}
