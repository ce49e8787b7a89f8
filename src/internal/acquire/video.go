package acquire

import (
	"context"
	"time"
)

// VideoFormat is what a camera really gives, as opposed to what was asked for.
type VideoFormat struct {
	Device    string  // the device in words, for people
	Width     int     // [pixels]
	Height    int     // [pixels]
	FrameRate float64 // [images/s]; 0 where the source cannot say
	Encoding  string  // pixel format in the words of sensor_msgs/image_encodings.hpp, or JPEG
}

// JPEG is the encoding of an image that the device itself has compressed: Data
// is a whole JPEG file, untouched, and Step is 0.
const JPEG = "jpeg"

// Image is one video frame.
//
// The source owns Data: it is valid until emit returns, and it lies in C's
// memory or is pinned, so that it can be handed to C without a copy.
type Image struct {
	Data     []byte        // rows from top to bottom, Step bytes each
	Width    int           // [pixels]
	Height   int           // [pixels]
	Step     int           // [bytes] from the start of a row to the start of the next
	Encoding string        // as in VideoFormat
	Stamp    time.Duration // acquisition, on CLOCK_MONOTONIC
	Stamped  StampSource   // where Stamp comes from
	Sequence uint64        // number of the image since Open, counting those that the source knows it lost
}

// StampSource says how the time of an image's acquisition is known.
type StampSource string

// The sources of stamps, in words for people.
const (
	StampDriver   StampSource = "driver"   // the device's driver has noted it
	StampArrival  StampSource = "arrival"  // it is when the image was handed over, later than it was acquired
	StampSchedule StampSource = "schedule" // it is when the image was due: what gives it is no device
)

// VideoSource gives images.
type VideoSource interface {
	// Open opens the device and returns what it really gives. It does not
	// wait longer than it takes the device to answer, and returns early when
	// ctx ends. On an error nothing stays open.
	Open(ctx context.Context) (VideoFormat, error)

	// Run emits images until ctx ends (nil) or the source fails (an error
	// that wraps one of this package's). It blocks; emit is called on the
	// goroutine that called Run. The *Image and its Data belong to the source
	// again as soon as emit returns.
	Run(ctx context.Context, emit func(*Image)) error

	// Close gives the device back. It may be called any number of times, but
	// not while Run is running.
	Close() error
}
