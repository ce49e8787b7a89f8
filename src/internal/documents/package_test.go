package documents

import (
	"regexp"
	"slices"
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

// dependency matches one in package.xml that the build or what is built needs.
var dependency = regexp.MustCompile(`<(?:depend|buildtool_depend|exec_depend)>([^<]+)</`)

// TestDockerfileInstallsWhatThePackageDependsOn: the packages of ROS are in its image.
func TestDockerfileInstallsWhatThePackageDependsOn(t *testing.T) {
	stage, _, found := strings.Cut(text(t, "Dockerfile"), " AS build")
	_, installed, alsoFound := strings.Cut(stage, "apt-get install ")
	if !found || !alsoFound {
		t.Fatal("Dockerfile has no stage before build that installs packages")
	}
	installed, _, _ = strings.Cut(installed, "&&")
	packages := strings.Fields(installed)
	compared := 0
	for _, match := range dependency.FindAllStringSubmatch(text(t, "package.xml"), -1) {
		name := match[1]
		switch {
		case name == "libjpeg":
			name = "libjpeg-dev"
		case name != "ffmpeg" && !strings.Contains(name, "-"):
			continue // of ROS
		}
		compared++
		if !slices.Contains(packages, name) {
			t.Errorf("package.xml needs %s, and Dockerfile does not install it", name)
		}
	}
	if compared < 8 {
		t.Errorf("package.xml has only %d Debian packages", compared)
	}
}
