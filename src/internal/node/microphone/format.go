package microphone

import (
	"fmt"

	"av_capture/src/internal/media"
)

// checkFormat refuses an absurd format, whatever a file or a driver says, before
// memory is allocated for it.
func checkFormat(format media.AudioFormat, config Config) error {
	err := media.CheckSound(format)
	if err == nil {
		// The parameters were checked with the channels that were asked for.
		err = fifoCheck(int64(config.FifoSize), int64(format.Channels), format.Encoding)
	}
	if err != nil {
		return fmt.Errorf("%s gives %s: %w: convert it, as by ffmpeg -i OLD -ac 2 -ar 44100 NEW.wav, or take another: %w", format.Device, format, err, media.ErrUnsupported)
	}
	return nil
}
