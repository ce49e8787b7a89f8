package webcam

import (
	"testing"

	"go.uber.org/goleak"
)

// No test may leave a goroutine behind, and with it OpenCV's capture.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
