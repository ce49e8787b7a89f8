package video

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/encoders"
	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

// Decoder decodes access units to images of encoding bgr8. Its methods are called as those of
// an [Encoder]. ffmpeg 5 holds the newest two images back.
type Decoder[T any] struct {
	emit   func(img *media.Image, tag T)
	notice func(string)

	run  *decoding[T] // nil while there is none
	tool *encoders.FFmpeg
	lost atomic.Uint64
}

// decoding is a run of ffmpeg for units of one format.
type decoding[T any] struct {
	pipe   *pipe[T]
	source nut.Track
}

// NewDecoder returns a decoder, which starts no process yet. An image that is emitted has data
// that are valid until emit returns, in memory that C may look at, and no stamp.
func NewDecoder[T any](emit func(*media.Image, T), notice func(string)) *Decoder[T] {
	return &Decoder[T]{emit: emit, notice: notice}
}

// Running reports whether there is a process.
func (d *Decoder[T]) Running() bool { return d.run != nil }

// TakeLost returns the number of units since the last call that Put took and no image came of.
func (d *Decoder[T]) TakeLost() uint64 {
	return d.lost.Swap(0)
}

// fourCCs are those of ffmpeg.
var fourCCs = map[string]string{accessunit.H264: "H264", accessunit.HEVC: "HEVC"}

// Put has an access unit decoded, which img has as its data and its codec as encoding. The
// first one must be a key frame. Put blocks while ffmpeg is busy. After an error there is no
// process.
func (d *Decoder[T]) Put(ctx context.Context, img *media.Image, tag T) error {
	track := nut.Track{FourCC: fourCCs[img.Encoding], Width: img.Width, Height: img.Height}
	if d.run != nil && d.run.source != track {
		d.Close()
	}
	if d.run == nil {
		if err := d.start(ctx, img.Encoding, track); err != nil {
			return err
		}
	}
	err := d.run.pipe.put(ctx, img.Stamp, img.Data, tag)
	d.lost.Add(d.run.pipe.takeLost())
	if err != nil {
		d.Close()
	}
	return err
}

// start starts a process.
func (d *Decoder[T]) start(ctx context.Context, codec string, track nut.Track) (err error) {
	if d.tool == nil {
		if d.tool, err = encoders.Inspect(ctx, "ffmpeg"); err != nil {
			return err
		}
	}
	// Threads that decode several images at once would hold them back.
	args := slices.Concat(quiet, []string{"-thread_type", "slice", "-max_pixels", strconv.Itoa(media.MaxPixels), "-c:v", codec},
		immediate, []string{"-c:v", "rawvideo", "-pix_fmt", "bgr24", "-enc_time_base", "1:1000000"}, d.tool.Untimed, toPipe)
	r := &decoding[T]{source: track}
	r.pipe, err = startPipe(d.tool.Program, args, track, d.notice, func(s nut.Stream, data []byte, tag T) {
		img := media.Image{Data: data, Width: s.Width, Height: s.Height, Step: 3 * s.Width, Encoding: "bgr8"}
		if len(data) < img.Step*img.Height {
			d.lost.Add(1)
			return
		}
		d.emit(&img, tag)
	})
	if err != nil {
		return fmt.Errorf("decode %s: %w", codec, err)
	}
	d.run = r
	return nil
}

// Close ends the process, if there is one. Images that are under way are lost. The decoder can
// be used again.
func (d *Decoder[T]) Close() {
	if d.run == nil {
		return
	}
	d.run.pipe.close()
	d.lost.Add(d.run.pipe.takeLost())
	d.run = nil
}

// Idle is the time without anything to do after which a process should be ended: it takes
// memory, and its start some 100 ms.
const Idle = 3 * time.Second
