package opencv

import (
	"fmt"
	"time"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// videoCapture is an open camera, file or stream: OpenCV's cv::VideoCapture, the matrices
// that it writes into, and the thread that does all of this.
//
// The fields below belong to the thread during a call (see [worker]) and otherwise to the
// goroutine that is in Open, Run or Close.
type videoCapture struct {
	*worker
	readCall func() // read as a call, made once so that it costs no allocation

	video      *video
	conversion conversion
	// The image as OpenCV reads it, then the result of each step. OpenCV allocates them
	// at the first image and writes into the same memory afterwards, as long as the size
	// stays and no read fails.
	matrices []gocv.Mat

	format media.VideoFormat
	drop   timing.Decimator // of images above the wanted rate
	path   string           // of the device node, after links
	free   func()           // ends the claim on the device; nil for all else
	period time.Duration    // between two images of the device; 0 if unknown

	// The last read.
	ok       bool          // OpenCV gave an image
	err      error         // why that image is not as Open promised
	image    media.Image   // Data points at the last matrix; Stamp and Sequence are Run's
	position float64       // [ms] CAP_PROP_POS_MSEC right after the read
	at       time.Duration // when the read returned, on CLOCK_MONOTONIC
}

func newVideoCapture() *videoCapture {
	c := &videoCapture{worker: newWorker()}
	c.readCall = c.read
	return c
}

// setUp takes over a video that OpenCV has opened. It is called on the thread.
func (c *videoCapture) setUp(video *video, p conversion) {
	c.video, c.conversion = video, p
	for range 1 + max(len(p.steps), len(p.grey)) {
		c.matrices = append(c.matrices, gocv.NewMat())
	}
}

// read waits for the next image and converts it. It is called on the thread.
func (c *videoCapture) read() {
	c.ok, c.err = false, nil
	if c.video == nil { // a file that could not be opened again
		return
	}
	c.ok = c.video.read(&c.matrices[0])
	c.at = clock.Monotonic()
	if !c.ok {
		return
	}
	c.position = c.video.get(propPosMsec)
	last := &c.matrices[0]
	steps := c.conversion.steps
	if grey := c.conversion.grey; grey != nil && last.Type() == gocv.MatTypeCV8UC1 {
		steps = grey
	} else if last.Type() != c.conversion.matrix {
		c.err = fmt.Errorf("OpenCV gives a matrix of type %v where %v was expected: %w", last.Type(), c.conversion.matrix, media.ErrUnsupported)
		return
	}
	for i, code := range steps {
		next := &c.matrices[i+1]
		if c.err = gocv.CvtColor(*last, next, code); c.err != nil {
			return
		}
		last = next
	}
	c.image.Width, c.image.Height, c.image.Step = last.Cols(), last.Rows(), last.Step()
	if c.conversion.compressed {
		c.image.Width, c.image.Height, c.image.Step = c.format.Width, c.format.Height, 0
	}
	// The pointer may have changed since the last image. It fails for a matrix with gaps
	// between its rows.
	if c.image.Data, c.err = last.DataPtrUint8(); c.err == nil && len(c.image.Data) != last.Rows()*last.Step() {
		c.err = fmt.Errorf("OpenCV gives %d bytes for %d rows of %d: %w", len(c.image.Data), last.Rows(), last.Step(), media.ErrUnsupported)
	}
}

// release closes everything. It is the last call on the thread.
func (c *videoCapture) release() {
	if c.video != nil {
		c.video.close()
		c.video = nil
	}
	for i := range c.matrices {
		c.matrices[i].Close() // always nil
	}
	c.matrices, c.image = nil, media.Image{}
	if c.free != nil {
		c.free()
	}
}
