package media

import "time"

// Image is one video frame.
//
// The source owns Data: it is valid until emit returns, and it lies in C's memory or is
// pinned, so that C can use it without a copy.
type Image struct {
	Data     []byte        // rows from top to bottom, Step bytes each; nil if nobody wants them
	Width    int           // [pixels]
	Height   int           // [pixels]
	Step     int           // [bytes] from the start of a row to the start of the next
	Encoding string        // as in VideoFormat
	Stamp    time.Duration // acquisition, on CLOCK_MONOTONIC
	Stamped  StampSource   // the source of Stamp
	Sequence uint64        // number of the image since Run began; known losses count
	Damage   error         // why the image is not whole, and Data is empty; nil mostly. The next image can be whole
}

// StampSource is the origin of an image's stamp.
type StampSource string

// The sources of stamps, in words for people.
const (
	StampDriver   StampSource = "driver"   // the time of the driver's buffer
	StampArrival  StampSource = "arrival"  // the time at which the source got the image, later than its acquisition
	StampSchedule StampSource = "schedule" // the time at which the image of a file or a synthetic source was due
)
