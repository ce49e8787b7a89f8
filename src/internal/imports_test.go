// Package internal_test checks the layout that CONTRIBUTING.md describes.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "av_capture/src/"

// layout is the list of packages and the table of imports in CONTRIBUTING.md.
type layout struct {
	packages []string            // folders below src, each above those that may import it
	ros      []string            // those that know of ROS
	only     map[string][]string // folders that may import what a path begins with; none for all folders
}

var (
	// packageLine matches a line of the list: a star marks ROS.
	packageLine = regexp.MustCompile(`(?m)^    ([a-z0-9_/]+) +(\* )?\S`)

	// importLine matches a line of the table.
	importLine = regexp.MustCompile("(?m)^\\| `([^`]+)`[^|]*\\| ([^|]+) \\|$")
)

// folderOf returns the folder below src of a name in CONTRIBUTING.md.
func folderOf(name string) string {
	if strings.HasPrefix(name, "cmd/") {
		return name
	}
	return "internal/" + name
}

// parseLayout parses CONTRIBUTING.md.
func parseLayout(text string) layout {
	_, section, _ := strings.Cut(text, "\n## Where things are\n")
	section, _, _ = strings.Cut(section, "\n## ")
	l := layout{only: map[string][]string{}}
	for _, match := range packageLine.FindAllStringSubmatch(section, -1) {
		folder := folderOf(match[1])
		l.packages = append(l.packages, folder)
		if match[2] != "" {
			l.ros = append(l.ros, folder)
		}
	}
	for _, match := range importLine.FindAllStringSubmatch(section, -1) {
		var folders []string
		switch match[2] {
		case "all":
		case "those with a star":
			folders = l.ros
		default:
			for name := range strings.SplitSeq(match[2], ", ") {
				folders = append(folders, folderOf(name))
			}
		}
		l.only[match[1]] = folders
	}
	return l
}

// readLayout reads CONTRIBUTING.md.
func readLayout(t *testing.T) layout {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	l := parseLayout(string(text))
	if len(l.packages) == 0 || len(l.only) == 0 {
		t.Fatal("CONTRIBUTING.md has no list of packages, or no table of imports")
	}
	return l
}

// rule returns the longest path of the table with which an import path begins, or "".
func (l layout) rule(p string) string {
	longest := ""
	for prefix := range l.only {
		if strings.HasPrefix(p, prefix) && len(prefix) > len(longest) {
			longest = prefix
		}
	}
	return longest
}

// violations returns the imports of a file, in a folder below src, that break a rule.
func (l layout) violations(folder string, file *ast.File) []string {
	at := slices.Index(l.packages, folder)
	if at < 0 {
		return []string{folder + " is not in CONTRIBUTING.md's list of packages"}
	}
	var found []string
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !strings.Contains(p, ".") && !strings.HasPrefix(p, module) {
			continue // the standard library
		}
		rule := l.rule(p)
		other := slices.Index(l.packages, strings.TrimPrefix(p, module))
		switch folders := l.only[rule]; {
		case other > at:
			found = append(found, fmt.Sprintf("%s imports %s, which stands below it in the list", folder, p))
		case other < 0 && rule == "":
			found = append(found, fmt.Sprintf("%s imports %s, which is in no line of the table", folder, p))
		case len(folders) > 0 && !slices.Contains(folders, folder) && !strings.HasPrefix(module+folder, rule):
			found = append(found, fmt.Sprintf("%s imports %s, which only %s may", folder, p, strings.Join(folders, ", ")))
		}
	}
	return found
}

// eachFile calls f with each file of the module that is neither a test nor generated.
func eachFile(t *testing.T, f func(name, folder string, file *ast.File)) {
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == "../rclgo", name == "../msgs":
			return fs.SkipDir
		case entry.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err == nil {
			f(name, strings.TrimPrefix(filepath.Dir(name), "../"), file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsGoUpTheList(t *testing.T) {
	l := readLayout(t)
	seen := map[string]bool{}
	eachFile(t, func(name, folder string, file *ast.File) {
		seen[folder] = true
		for _, violation := range l.violations(folder, file) {
			t.Errorf("%s: %s", name, violation)
		}
	})
	for _, folder := range l.packages {
		if tests, _ := filepath.Glob("../" + folder + "/*_test.go"); !seen[folder] && len(tests) == 0 {
			t.Errorf("CONTRIBUTING.md lists %s, which has no Go file", folder)
		}
	}
}

func TestImportRulesCatch(t *testing.T) {
	l := parseLayout(strings.Join([]string{"", "## Where things are",
		"    media          images and sound",
		"    yaml           YAML",
		"    soundsystem    miniaudio",
		"    acquire        contracts",
		"    acquire/v4l2   cameras",
		"    message      * to messages",
		"    node         * publishes",
		"    cmd/av_capture * wires",
		"",
		"| `github.com/tiiuae/rclgo` | those with a star |",
		"| `github.com/gen2brain/malgo` | soundsystem |",
		"| `golang.org/x/sys` | all |",
		"| `av_capture/src/msgs` | those with a star |",
		"| `av_capture/src/internal/acquire/` (sources) | cmd/av_capture |",
		"| `go.yaml.in/yaml/v4` | yaml |",
		"", "## Style"}, "\n"))
	for _, c := range []struct {
		folder, imported string
		broken           bool
	}{
		{"internal/soundsystem", "github.com/gen2brain/malgo", false},
		{"internal/node", "github.com/gen2brain/malgo", true},
		{"internal/node", "github.com/tiiuae/rclgo/pkg/rclgo", false},
		{"internal/acquire/v4l2", "github.com/tiiuae/rclgo/pkg/rclgo", true},
		{"internal/acquire/v4l2", "av_capture/src/msgs/sensor_msgs/msg", true},
		{"internal/message", "av_capture/src/msgs/sensor_msgs/msg", false},
		{"internal/acquire/v4l2", "av_capture/src/internal/acquire", false},
		{"internal/acquire/v4l2", "golang.org/x/sys/unix", false},
		{"internal/media", "av_capture/src/internal/node", true},
		{"internal/message", "av_capture/src/internal/node", true},
		{"internal/node", "av_capture/src/internal/media", false},
		{"internal/node", "av_capture/src/internal/acquire", false},
		{"internal/node", "av_capture/src/internal/acquire/v4l2", true},
		{"cmd/av_capture", "av_capture/src/internal/acquire/v4l2", false},
		{"internal/node", "go.yaml.in/yaml/v4", true},
		{"internal/yaml", "go.yaml.in/yaml/v4/plugin/loaderlimits", false},
		{"internal/yaml", "gopkg.in/yaml.v3", true},
		{"internal/unheard", "fmt", true},
		{"internal/node", "fmt", false},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", fmt.Sprintf("package p; import %q", c.imported), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.violations(c.folder, file); (len(got) > 0) != c.broken {
			t.Errorf("%s with %s: got %q, want a violation: %t", c.folder, c.imported, got, c.broken)
		}
	}
}
