package webcam

import (
	"fmt"
	"time"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/cadence"
)

// capture is one open camera, file or stream: OpenCV's object, the matrices
// that it writes into, and the thread on which all of this happens.
//
// The fields below belong to the thread while a call is out (see [caller]) and
// otherwise to the goroutine that is in Open, Run or Close.
type capture struct {
	*caller
	readCall func() // read as a call, made once so that it costs no allocation

	video *gocv.VideoCapture
	plan  plan
	// What OpenCV reads into, and the result of each conversion. OpenCV
	// allocates them at the first image and writes into the same memory
	// afterwards, as long as the size stays and no read fails.
	matrices []gocv.Mat

	format acquire.VideoFormat
	drop   cadence.Decimator // of images that come more often than they are wanted
	path   string            // of the device's node, after links
	free   func()            // ends the claim on the device; nil for a file
	panel  *panel            // the device's controls; nil for a file, or where it does not tell
	period time.Duration     // between two images of the device; 0 where it does not tell

	// The last read.
	ok       bool          // OpenCV gave an image
	err      error         // but it is not what was agreed on
	image    acquire.Image // Data points at the last matrix; Stamp and Sequence are Run's
	position float64       // [ms] CAP_PROP_POS_MSEC right after the read
	at       time.Duration // when the read returned, on CLOCK_MONOTONIC
}

func newCapture() *capture {
	c := &capture{caller: newCaller()}
	c.readCall = c.read
	return c
}

// use takes over what OpenCV has opened. It is called on the thread.
func (c *capture) use(video *gocv.VideoCapture, p plan) {
	c.video, c.plan = video, p
	for range 1 + len(p.codes) {
		c.matrices = append(c.matrices, gocv.NewMat())
	}
}

// read waits for the next image and converts it. It is called on the thread.
func (c *capture) read() {
	c.ok, c.err = false, nil
	if c.video == nil { // a file that could not be opened again
		return
	}
	c.ok = c.video.Read(&c.matrices[0])
	c.at = acquire.Monotonic()
	if !c.ok {
		return
	}
	c.position = c.video.Get(gocv.VideoCapturePosMsec)
	last := &c.matrices[0]
	if last.Type() != c.plan.matrix {
		c.err = fmt.Errorf("OpenCV gives a matrix of type %v where %v was expected: %w", last.Type(), c.plan.matrix, acquire.ErrUnsupported)
		return
	}
	for i, code := range c.plan.codes {
		next := &c.matrices[i+1]
		if c.err = gocv.CvtColor(*last, next, code); c.err != nil {
			return
		}
		last = next
	}
	c.image.Width, c.image.Height, c.image.Step = last.Cols(), last.Rows(), last.Step()
	if c.plan.compressed {
		c.image.Width, c.image.Height, c.image.Step = c.format.Width, c.format.Height, 0
	}
	// The pointer may be another one than before: it is taken anew each time.
	c.image.Data, c.err = last.DataPtrUint8()
}

// release closes everything. It is the last call on the thread.
func (c *capture) release() {
	if c.video != nil {
		c.video.Close() // always nil
		c.video = nil
	}
	for i := range c.matrices {
		c.matrices[i].Close() // always nil
	}
	c.matrices, c.image = nil, acquire.Image{}
	if c.panel != nil {
		c.panel.close()
	}
	if c.free != nil {
		c.free()
	}
}
