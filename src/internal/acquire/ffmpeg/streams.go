package ffmpeg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/media"
)

// maxDescription bounds ffprobe's description of a file [bytes].
const maxDescription = 1 << 20

// imageStart asks ffprobe when the first video stream of a file begins, on the file's own
// clock. It is the time that OpenCV counts a file's images from; ok is false of a file
// without images, or without a time of them.
func imageStart(ctx context.Context, program string, file *os.File, log *ffmpegprocess.Log) (start time.Duration, ok bool, err error) {
	process, err := ffmpegprocess.Start(program, append([]string{
		"-hide_banner", "-loglevel", "level+error",
		"-show_entries", "stream=codec_type,start_time:stream_disposition=attached_pic", "-of", "json",
	}, handedInput...), log, file)
	if err != nil {
		return 0, false, err
	}
	defer process.End()
	defer context.AfterFunc(ctx, func() {
		_ = process.Output.SetReadDeadline(time.Unix(1, 0)) // it may be closed by now
	})()
	if err := process.Output.SetReadDeadline(time.Now().Add(firstImageLimit)); err != nil {
		return 0, false, err
	}
	text, err := io.ReadAll(io.LimitReader(process.Output, maxDescription))
	switch {
	case ctx.Err() != nil:
		return 0, false, ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, false, fmt.Errorf("ffprobe has not described it within %v: %w", firstImageLimit, media.ErrLost)
	case err != nil:
		return 0, false, err
	}
	var description struct {
		Streams []struct {
			Type        string `json:"codec_type"`
			Start       string `json:"start_time"`
			Disposition struct {
				Cover int `json:"attached_pic"`
			} `json:"disposition"`
		} `json:"streams"`
	}
	if !exited(ctx, process) || !process.State().Success() || json.Unmarshal(text, &description) != nil {
		return 0, false, refused(ctx, process, log, input{}, "ffprobe", "description")
	}
	for _, stream := range description.Streams {
		if stream.Type == "video" && stream.Disposition.Cover == 0 {
			seconds, err := strconv.ParseFloat(stream.Start, 64)
			return time.Duration(seconds * float64(time.Second)), err == nil, nil
		}
	}
	return 0, false, nil
}
