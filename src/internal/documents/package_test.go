package documents

import (
	"regexp"
	"strings"
	"testing"
)

// ros2Verb matches a call of the command line of ROS.
var ros2Verb = regexp.MustCompile(`\bros2 ([a-z]+) `)

// TestPackageDependsOnTheCommandsOfTheReadme: rosdep then brings them.
func TestPackageDependsOnTheCommandsOfTheReadme(t *testing.T) {
	manifest := text(t, "package.xml")
	calls := ros2Verb.FindAllStringSubmatch(text(t, readme), -1)
	if len(calls) < 2 {
		t.Fatalf("README.md has only %q", calls)
	}
	for _, call := range calls {
		if want := "<exec_depend>ros2" + call[1] + "</exec_depend>"; !strings.Contains(manifest, want) {
			t.Errorf("README.md has `ros2 %s`, and package.xml no %s", call[1], want)
		}
	}
}
