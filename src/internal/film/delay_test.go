package film

import (
	"testing"
	"time"
)

func TestDelayOfAnEncoderIsMeasured(t *testing.T) {
	tool, err := inspect(t.Context(), "ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	for _, codec := range []string{"aac", "opus"} {
		encoder, err := tool.find(codec, audioKind)
		if err != nil {
			t.Fatal(err)
		}
		// ffmpeg 5 has Opus 6.5 ms early, and rounds to milliseconds.
		delay, err := measureDelay(t.Context(), tool.program, encoder)
		if err != nil || delay < -8*time.Millisecond || delay > time.Millisecond {
			t.Errorf("%s: %v, %v", codec, delay, err)
		}
	}
}
