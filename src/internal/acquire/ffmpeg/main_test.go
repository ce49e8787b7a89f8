package ffmpeg

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// orphaning makes this program one that starts ffmpeg, says its number and
// waits to be killed.
const orphaning = "AV_CAPTURE_TEST_ORPHAN"

// No test may leave a goroutine behind, and with it a process.
func TestMain(m *testing.M) {
	if os.Getenv(orphaning) != "" {
		source := New(Config{Args: pattern, PixelFormat: "bgr8", program: os.Getenv(orphaning)})
		if _, err := source.Open(context.Background()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(source.session.process.PID())
		select {}
	}
	goleak.VerifyTestMain(m)
}
