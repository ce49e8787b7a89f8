package film

import (
	"testing"
	"time"

	"av_capture/src/internal/encoders"
)

func TestDelayOfAnEncoderIsMeasured(t *testing.T) {
	tool, err := encoders.Inspect(t.Context(), "ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	for _, codec := range []string{"aac", "opus"} {
		encoder, err := tool.Find(codec, encoders.Audio)
		if err != nil {
			t.Fatal(err)
		}
		// ffmpeg 5 has Opus 6.5 ms early, and rounds to milliseconds.
		delay, err := measureDelay(t.Context(), tool.Program, encoder)
		if err != nil || delay < -8*time.Millisecond || delay > time.Millisecond {
			t.Errorf("%s: %v, %v", codec, delay, err)
		}
	}
}
