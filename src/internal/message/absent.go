package message

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Absent is embedded in what stands for a message of a package that was not there when this
// was built: it has the fields, so that the same code compiles, but is never published or
// received.
type Absent struct{ types.Message }

// NotInstalled returns the error that a package of messages of others, or these messages of
// it, were not there when this was built. It says what to do, by what is there now, in the
// prefixes of AMENT_PREFIX_PATH.
func NotInstalled(pkg string, messages ...string) error {
	distro := os.Getenv("ROS_DISTRO")
	if distro == "" {
		distro = "$ROS_DISTRO"
	}
	name := fmt.Sprintf("ros-%s-%s", distro, strings.ReplaceAll(pkg, "_", "-"))
	const build = "build av_capture anew by colcon build --cmake-force-configure"
	prefix := prefixOf(pkg)
	if prefix == "" {
		return fmt.Errorf("built without %s: install %s, which has %s, and %s", pkg, name, strings.Join(messages, ", "), build)
	}
	var missing []string
	for _, message := range messages {
		if _, err := os.Stat(filepath.Join(prefix, "share", pkg, "msg", message+".msg")); err != nil {
			missing = append(missing, message)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("built without %s: that of %s is an older one, or another one of the same name, without %s; put %s in its place, and %s",
			pkg, prefix, strings.Join(missing, ", "), name, build)
	}
	return fmt.Errorf("built without %s, which is in %s now: %s", pkg, prefix, build)
}

// prefixOf returns the prefix that a package is installed in, the first one of several; ""
// for none.
func prefixOf(pkg string) string {
	for _, prefix := range filepath.SplitList(os.Getenv("AMENT_PREFIX_PATH")) {
		if _, err := os.Stat(filepath.Join(prefix, "share", pkg)); err == nil && prefix != "" {
			return prefix
		}
	}
	return ""
}
