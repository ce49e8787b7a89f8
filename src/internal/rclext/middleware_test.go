package rclext

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMain runs the tests, or, as a child process, nothing at all.
func TestMain(m *testing.M) {
	if os.Getenv("RCLEXT_TEST_CHILD") != "" {
		fmt.Println("started")
		return
	}
	os.Exit(m.Run())
}

// TestUnknownMiddlewareEndsWithOne starts this program with a middleware that is
// not there, which rcl does not let come as far as main.
func TestUnknownMiddlewareEndsWithOne(t *testing.T) {
	for _, variable := range []string{"RMW_IMPLEMENTATION", "RCL_ASSERT_RMW_ID_MATCHES"} {
		t.Run(variable, func(t *testing.T) {
			command := exec.Command(os.Args[0])
			command.Env = append(os.Environ(), "RCLEXT_TEST_CHILD=1", "RMW_IMPLEMENTATION=", variable+"=rmw_of_nobody")
			output, err := command.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("ended with %v, want exit status 1", err)
			}
			if want := variable + ` is "rmw_of_nobody"`; !strings.Contains(string(output), want) {
				t.Errorf("got %q, want it to contain %q", output, want)
			}
		})
	}
}
