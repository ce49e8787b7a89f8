package video_test

import (
	"os"
	"testing"

	"av_capture/src/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
