package video

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

// Decoder decodes access units to images of encoding bgr8. Its methods are called as those of
// an [Encoder]. ffmpeg 5 holds the newest two images back.
type Decoder[T any] struct {
	coder[T]
	emit func(img *media.Image, tag T)
}

// NewDecoder returns a decoder, which starts no process yet. An image that is emitted has data
// that are valid until emit returns, in memory that C may look at, and no stamp.
func NewDecoder[T any](emit func(*media.Image, T), notice func(string)) *Decoder[T] {
	return &Decoder[T]{coder: coder[T]{notice: notice}, emit: emit}
}

// fourCCs are those of ffmpeg.
var fourCCs = map[string]string{accessunit.H264: "H264", accessunit.HEVC: "HEVC"}

// Put has an access unit decoded, which img has as its data and its codec as encoding. The
// first one must be a key frame. Put blocks while ffmpeg is busy. After an error there is no
// process.
func (d *Decoder[T]) Put(ctx context.Context, img *media.Image, tag T) error {
	track := nut.Track{FourCC: fourCCs[img.Encoding], Width: img.Width, Height: img.Height}
	if d.source != track {
		d.end()
	}
	if d.pipe == nil {
		if err := d.begin(ctx, img.Encoding, track); err != nil {
			return err
		}
	}
	return d.put(ctx, img.Stamp, img.Data, tag)
}

// begin starts a process.
func (d *Decoder[T]) begin(ctx context.Context, codec string, track nut.Track) error {
	if err := d.inspect(ctx); err != nil {
		return err
	}
	// Threads that decode several images at once would hold them back.
	args := slices.Concat(quiet, []string{"-thread_type", "slice", "-max_pixels", strconv.Itoa(media.MaxPixels), "-c:v", codec},
		immediate, []string{"-c:v", "rawvideo", "-pix_fmt", "bgr24", "-enc_time_base", "1:1000000"}, d.tool.Untimed, toPipe)
	err := d.start(args, track, func(s nut.Stream, data []byte, tag T) {
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
	return nil
}

// Close ends the process, if there is one. Images that are under way are lost. The decoder can
// be used again.
func (d *Decoder[T]) Close() { d.end() }

// Idle is the time without anything to do after which a process should be ended: it takes
// memory, and its start some 100 ms.
const Idle = 3 * time.Second
