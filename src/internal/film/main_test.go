package film_test

import (
	"os"
	"testing"

	"av_capture/src/internal/leaktest"
)

// TestMain fails if anything is still running or open at the end.
func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
