package film

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/nut"
)

// The click by which an encoder's delay is measured.
const (
	clickRate   = 48000 // [Hz]
	clickAt     = 9600  // [audio frames]
	clickWidth  = 24.   // [audio frames]
	clickLength = 24000 // [audio frames] of the sound with the click
	delayLimit  = 10 * time.Second
)

// hasDelay reports whether an encoder of sound may have a delay.
func hasDelay(encoder string) bool {
	return !strings.HasPrefix(encoder, "pcm_") && encoder != "flac" && encoder != "alac"
}

// measureDelay returns by how much sound comes out of a file too late, if an encoder has
// written it into Matroska. The file says what the encoder's delay is; but ffmpeg 5 subtracts
// that of Opus once too often, and sound is 6.5 ms early.
func measureDelay(ctx context.Context, program, encoder string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, delayLimit)
	defer cancel()
	var sound bytes.Buffer
	w, err := nut.NewWriter(&sound, []nut.Track{{FourCC: "PFD ", SampleRate: clickRate, Channels: 1}})
	if err != nil {
		return 0, err
	}
	if err := w.Write(0, 0, click()); err != nil {
		return 0, err
	}
	run := func(input []byte, args ...string) ([]byte, error) {
		out, err := ffmpegprocess.Output(ctx, program, input, append([]string{"-hide_banner", "-loglevel", "error", "-copyts", "-f"}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("ffmpeg cannot encode sound by %s into Matroska: %w", encoder, err)
		}
		return out, nil
	}
	file, err := run(sound.Bytes(), "nut", "-i", "pipe:0", "-c:a", encoder, "-avoid_negative_ts", "disabled", "-f", "matroska", "pipe:1")
	if err != nil {
		return 0, err
	}
	// From time 0 on, whenever the sound begins.
	samples, err := run(file, "matroska", "-i", "pipe:0", "-af", "aresample=48000:async=1:first_pts=0", "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1")
	if err != nil {
		return 0, err
	}
	frames := centre(samples) - clickAt
	return time.Duration(frames / clickRate * float64(time.Second)), nil
}

// click returns silence with a click as samples of 32 bits.
func click() []byte {
	var data []byte
	for i := range clickLength {
		x := 0.5 * math.Exp(-math.Pow(float64(i-clickAt)/clickWidth, 2))
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(x)))
	}
	return data
}

// centre returns the position of the click in samples of 32 bits [audio frames].
func centre(data []byte) float64 {
	sum, weighted := 0., 0.
	for i := range len(data) / 4 {
		x := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
		if x > 0.1 { // above what encoding adds
			sum += x
			weighted += x * float64(i)
		}
	}
	return weighted / max(sum, 1e-9)
}
