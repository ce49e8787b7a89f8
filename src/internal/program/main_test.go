package program

import (
	"os"
	"testing"

	"av_capture/src/internal/leaktest"
)

// TestMain fails if anything is still written or read at the end.
func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
