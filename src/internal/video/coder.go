package video

import (
	"context"
	"sync/atomic"
	"time"

	"av_capture/src/internal/encoders"
	"av_capture/src/internal/nut"
)

// coder is the run of ffmpeg of an [Encoder] or a [Decoder], for data of one format.
type coder[T any] struct {
	notice func(string)

	pipe   *pipe[T]  // nil while there is none
	source nut.Track // of the pipe
	tool   *encoders.FFmpeg
	lost   atomic.Uint64
}

// Running reports whether there is a process.
func (c *coder[T]) Running() bool { return c.pipe != nil }

// TakeLost returns the number of images since the last call that Put took and that never came
// out. Any goroutine may call it.
func (c *coder[T]) TakeLost() uint64 { return c.lost.Swap(0) }

// inspect looks at the ffmpeg of this machine, once.
func (c *coder[T]) inspect(ctx context.Context) (err error) {
	if c.tool == nil {
		c.tool, err = encoders.Inspect(ctx, "ffmpeg")
	}
	return err
}

// start starts a process, whose output emit gets.
func (c *coder[T]) start(args []string, source nut.Track, emit func(nut.Stream, []byte, T)) (err error) {
	c.pipe, err = startPipe(c.tool.Program, args, source, c.notice, emit)
	c.source = source
	return err
}

// put gives the process data. After an error there is no process.
func (c *coder[T]) put(ctx context.Context, stamp time.Duration, data []byte, tag T) error {
	err := c.pipe.put(ctx, stamp, data, tag)
	c.lost.Add(c.pipe.takeLost())
	if err != nil {
		c.end()
	}
	return err
}

// end ends the process, if there is one.
func (c *coder[T]) end() {
	if c.pipe == nil {
		return
	}
	c.pipe.close()
	c.lost.Add(c.pipe.takeLost())
	c.pipe = nil
}
