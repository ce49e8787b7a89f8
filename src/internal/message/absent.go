package message

import (
	"fmt"
	"os"
	"strings"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Absent is embedded in what stands for a message of a package that was not there when this
// was built: it has the fields, so that the same code compiles, but is never published or
// received.
type Absent struct{ types.Message }

// NotInstalled returns the error that a package of messages of others, or these messages of
// it, were not there when this was built.
func NotInstalled(pkg string, messages ...string) error {
	distro := os.Getenv("ROS_DISTRO")
	if distro == "" {
		distro = "$ROS_DISTRO"
	}
	return fmt.Errorf("built without %s: install ros-%s-%s, which has %s, and build av_capture anew",
		pkg, distro, strings.ReplaceAll(pkg, "_", "-"), strings.Join(messages, ", "))
}
