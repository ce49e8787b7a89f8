package rclgo_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

// TestMain fails if the tests leave a goroutine, a C object or a C message
// behind. As a child process of a test it runs one of programs instead.
func TestMain(m *testing.M) {
	if program := os.Getenv("RCLGO_TEST_PROGRAM"); program != "" {
		programs[program]()
		return
	}
	logs, err := os.MkdirTemp("", "rclgo")
	if err != nil {
		panic(err)
	}
	os.Setenv("ROS_LOG_DIR", logs)
	os.Setenv("ROS_DOMAIN_ID", fmt.Sprint(domain)) // for examples, which name none
	code := m.Run()
	os.RemoveAll(logs)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		if n := rclgo.LiveObjects(); n != 0 {
			fmt.Fprintf(os.Stderr, "%d objects were not closed\n", n)
			code = 1
		}
		if n := testmsg.Live(); n != 0 {
			fmt.Fprintf(os.Stderr, "%d messages were not released\n", n)
			code = 1
		}
	}
	os.Exit(code)
}
