package opencv

import (
	"os"
	"testing"

	"av_capture/src/internal/leaktest"
)

// No test may leave a goroutine or a descriptor behind, and with it a device.
func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
