package soundsystem_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails if anything is still running at the end: what a hung sound
// system held up must have ended when it went on.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
