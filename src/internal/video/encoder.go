package video

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/encoders"
	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

// Config describes a video. Configs that are equal describe the same one.
type Config struct {
	Encoder   string // of ffmpeg, or h264 or hevc for one that it has
	Preset    string // of the encoder; "" for its fastest
	Device    string // of an encoder of hardware; "" for one that ffmpeg finds
	BitRate   int    // [bits/s]; 0 for BitsPerPixel
	KeyFrames int    // images from one key frame to the next at most

	FrameRate float64 // [images/s] at which images come; 0 if unknown
}

// BitsPerPixel is the bit rate of a video for which none is asked, in bits a pixel of each
// image: that of usual video calls.
const BitsPerPixel = 0.1

// usualRate is the rate of images that is taken if it is unknown [images/s].
const usualRate = 30

// Check asks ffmpeg whether it has the encoder. It may take as long as a program's start.
func (c Config) Check(ctx context.Context) error {
	tool, err := encoders.Inspect(ctx, "ffmpeg")
	if err != nil {
		return err
	}
	encoder, _, err := tool.FindLive(c.Encoder)
	if err != nil {
		return err
	}
	return encoders.CheckPreset(encoder, c.Preset)
}

// Packet is one access unit.
type Packet struct {
	Data          []byte // valid until emit returns, in memory that C may look at
	Codec         string // one of package accessunit's
	Key           bool   // a decoder can begin with it: it has all parameter sets
	Width, Height int    // [pixels] of the image that it was made of
}

// Encoder encodes images. One goroutine calls its methods but TakeLost; emit is called on
// another one, of the encoder's, and never after Close has returned.
type Encoder[T any] struct {
	coder[T]
	emit   func(p *Packet, tag T)
	config Config     // of the process
	packed []byte     // an image without what stands between its rows
	memory nut.Memory // of a packet that got parameter sets; emit's goroutine uses it
}

// NewEncoder returns an encoder, which starts no process yet. notice gets each of ffmpeg's
// messages once, on a goroutine of its own.
func NewEncoder[T any](emit func(*Packet, T), notice func(string)) *Encoder[T] {
	return &Encoder[T]{coder: coder[T]{notice: notice}, emit: emit}
}

// Takes reports whether images of an encoding can be encoded.
func Takes(encoding string) bool {
	code, known := nut.FourCCs[encoding]
	return known && (code.Bits > 0 || encoding == media.JPEG)
}

// Put has an image encoded. A new process is started for the first one, for one of another
// format, and when config has changed; its first packet is a key frame. Put blocks while
// ffmpeg is busy. After an error there is no process.
func (e *Encoder[T]) Put(ctx context.Context, config Config, img *media.Image, tag T) error {
	code, known := nut.FourCCs[img.Encoding]
	if !known {
		return fmt.Errorf("images of encoding %s cannot be encoded as video", img.Encoding)
	}
	track := nut.Track{FourCC: code.Code, Width: img.Width, Height: img.Height, FrameRate: usualRate}
	if config.FrameRate > 0 {
		track.FrameRate = max(1, int(math.Round(config.FrameRate)))
	}
	if e.config != config || e.source != track {
		e.Close()
	}
	if e.pipe == nil {
		if err := e.begin(ctx, config, track, strings.HasPrefix(img.Encoding, "mono")); err != nil {
			return err
		}
	}
	data := img.Data
	if code.Bits > 0 {
		row, rows := code.Rows(img.Width, img.Height)
		if img.Step < row || len(img.Data) < img.Step*(rows-1)+row {
			return fmt.Errorf("an image is %dx%d %s, but has %d bytes", img.Width, img.Height, img.Encoding, len(img.Data))
		}
		data = code.Pack(e.packed, img.Data, img.Width, img.Height, img.Step)
		if img.Step != row {
			e.packed = data
		}
	}
	err := e.put(ctx, img.Stamp, data, tag)
	if err != nil {
		e.Close()
	}
	return err
}

// begin starts a process.
func (e *Encoder[T]) begin(ctx context.Context, config Config, track nut.Track, grey bool) error {
	if err := e.inspect(ctx); err != nil {
		return err
	}
	encoder, codec, err := e.tool.FindLive(config.Encoder)
	if err == nil {
		err = encoders.CheckPreset(encoder, config.Preset)
	}
	if err != nil {
		e.tool = nil // another one may be installed
		return err
	}
	live := encoders.Live{
		Encoder: encoder, Preset: config.Preset, Device: config.Device, Grey: grey,
		Width: track.Width, Height: track.Height,
		BitRate: config.BitRate, KeyFrames: max(1, config.KeyFrames),
	}
	if live.BitRate <= 0 {
		live.BitRate = int(BitsPerPixel * float64(track.Width*track.Height*track.FrameRate))
	}
	input, output := live.Arguments()
	args := slices.Concat(quiet, input, immediate, output, e.tool.Untimed, toPipe)
	completer := accessunit.NewCompleter(codec)
	e.config = config
	return e.start(args, track, func(_ nut.Stream, data []byte, tag T) {
		data, info, err := e.complete(completer, data)
		if err != nil || data == nil {
			e.lost.Add(1)
			return
		}
		p := Packet{Data: data, Codec: codec, Key: info.Key && info.Parameters, Width: track.Width, Height: track.Height}
		e.emit(&p, tag)
	})
}

// complete completes a packet, in memory that C may look at.
func (e *Encoder[T]) complete(completer *accessunit.Completer, data []byte) ([]byte, accessunit.Info, error) {
	whole, info, err := completer.Complete(data)
	if err != nil || len(whole) == len(data) || whole == nil {
		return whole, info, err
	}
	room, err := e.memory.Room(len(whole))
	copy(room, whole)
	return room, info, err
}

// Arguments of every process.
var (
	quiet = []string{"-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+error"}

	// The headers say all; looking for more would hold images back. No times are changed.
	immediate = []string{"-probesize", "32", "-analyzeduration", "0", "-copyts", "-f", "nut", "-i", "pipe:0", "-map", "0:v:0"}

	toPipe = []string{"-flush_packets", "1", "-f", "nut", "-write_index", "0", "pipe:1"}
)

// Close ends the process, if there is one. Images that are under way are lost. The encoder can
// be used again.
func (e *Encoder[T]) Close() {
	e.end()
	e.memory.Free()
	e.packed = nil
}
