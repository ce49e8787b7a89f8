package subscriber

import (
	"math"
	"time"

	"av_capture/src/internal/media"
)

// counter counts the audio frames of messages that do not: sound is lost where the stamps step
// ahead. The zero counter has seen none.
//
// Others stamp messages when they publish them, late by as much as their machine is busy. So a
// step is a loss only if it is far above the usual one, or if messages are missing.
type counter struct {
	begun    bool
	next     uint64        // index of the next audio frame
	epoch    uint32        // of the indices
	end      time.Duration // stamp of the next audio frame, if nothing is lost; 0 if unknown
	unsteady time.Duration // mean difference of stamps from what they should be
	frames   int           // of the newest message
	format   media.AudioFormat
	lost     uint64 // [audio frames]
}

const (
	// unsteadyAtFirst is the assumed mean difference of stamps, before they are known.
	unsteadyAtFirst = 10 * time.Millisecond

	// smoothing is the number of messages after which a difference has faded to a third.
	smoothing = 16

	// A step above lossFactor times the mean difference, and above leastLoss, is a loss.
	lossFactor = 8
	leastLoss  = 2 * time.Millisecond

	// restartStep is the step back from which on the sound has begun anew, as that of a bag
	// that is played once more.
	restartStep = time.Second

	// longestLoss is the greatest step ahead that is a loss of sound: after an hour, sound
	// begins anew, too.
	longestLoss = time.Hour
)

// block describes the next message: a stamp since ROS's epoch, 0 if unknown, a format, whole
// audio frames, and the number of messages that are missing before it.
func (c *counter) block(stamp time.Duration, format media.AudioFormat, data []byte, missing uint64) Block {
	frames := len(data) / format.FrameSize()
	length := func(frames int) time.Duration {
		return time.Duration(float64(frames) / float64(format.SampleRate) * float64(time.Second))
	}
	switch {
	case !c.begun:
		c.begun, c.unsteady, c.format = true, unsteadyAtFirst, format
	case c.format != format:
		c.format = format
		c.restart()
	case stamp == 0 || c.end == 0:
		most := uint64(longestLoss.Seconds()) * uint64(format.SampleRate)
		if missing > most || missing*uint64(c.frames) > most {
			c.restart()
		} else {
			c.lose(missing * uint64(c.frames)) // the messages of most are of one size
		}
	default:
		step := stamp - c.end
		switch {
		case step <= -restartStep, step > longestLoss:
			c.restart()
		case missing > 0 && step > 0, step > max(lossFactor*c.unsteady, leastLoss):
			c.lose(uint64(math.Round(step.Seconds() * float64(format.SampleRate))))
		default:
			c.unsteady += (step.Abs() - c.unsteady) / smoothing
		}
	}
	b := Block{First: c.next, Epoch: c.epoch, Stamp: stamp, Format: format, Data: data}
	c.next += uint64(frames)
	c.frames = frames
	if c.end = 0; stamp != 0 {
		c.end = stamp + length(frames)
	}
	return b
}

// lose notes lost audio frames.
func (c *counter) lose(frames uint64) {
	c.next += frames
	c.lost += frames
}

// restart begins the indices anew.
func (c *counter) restart() {
	c.epoch++
	c.next = 0
	c.unsteady = unsteadyAtFirst
}
