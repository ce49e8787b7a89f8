package node_test

import (
	"testing"

	"av_capture/src/internal/node/nodetest"
)

func TestMain(m *testing.M) { nodetest.Main(m) }
