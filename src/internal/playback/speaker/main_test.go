package speaker_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails if anything is still running at the end.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
