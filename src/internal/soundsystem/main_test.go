package soundsystem_test

import (
	"os"
	"testing"

	"av_capture/src/internal/leaktest"
)

// TestMain fails if a goroutine or a descriptor is left at the end, also of calls that a sound
// system held up.
func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
