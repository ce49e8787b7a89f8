package server

import (
	"os"
	"testing"

	"av_capture/src/internal/leaktest"
)

// TestMain fails if a connection or a goroutine is left.
func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
