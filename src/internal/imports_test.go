// Package internal_test checks which package may import which.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "av_capture/src"
	rclgo  = "github.com/tiiuae/rclgo"
	gocv   = "gocv.io/x/gocv"
	malgo  = "github.com/gen2brain/malgo"
)

// ros is what only packages that know of ROS import.
var ros = []string{rclgo, module + "/msgs"}

// internal returns the import paths of packages below this folder.
func internal(names ...string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = module + "/internal/" + name
	}
	return paths
}

// allowed names, for the folders below src, what of this module and of ROS they
// may import; a path stands for what is below it too. Imports go one way: main,
// node, then the rest.
var allowed = map[string][]string{
	".":                    append(internal(""), ros...),
	"audio_play":           internal("acquire", "listener", "param", "playback", "soundsystem"),
	"audio_save":           internal("acquire", "listener", "param", "record", "wav"),
	"internal/acquire":     internal("acquire", "dsp", "holder", "soundsystem", "wav"),
	"internal/buffer":      internal("acquire"),
	"internal/calibration": internal("acquire"),
	"internal/clock":       internal("acquire"),
	"internal/dsp":         internal("acquire"),
	"internal/holder":      internal("acquire"),
	"internal/imaging":     internal("acquire"),
	"internal/listener":    append(internal("acquire", "param"), ros...),
	"internal/message":     append(internal("acquire", "calibration", "dsp"), ros...),
	"internal/node":        append(internal("acquire", "buffer", "calibration", "clock", "dsp", "heap", "imaging", "message", "param", "record", "scheduling"), ros...),
	"internal/param":       append(internal("param"), ros...),
	"internal/playback":    internal("acquire", "playback", "soundsystem"),
	"internal/record":      internal("acquire", "buffer", "wav"),
	"internal/soundsystem": internal("acquire", "holder"),
	"internal/wav":         internal("acquire", "wav"),

	// HTTP alone.
	"internal/profiling": nil,

	// Environment variables of the middleware, and nothing else.
	"internal/transport": nil,

	// A property of the process or of its threads each, and nothing else.
	"internal/heap":       nil,
	"internal/scheduling": nil,
	"internal/timerslack": nil,
}

// within tells whether the import path p is root or lies below it.
func within(p, root string) bool {
	root = strings.TrimSuffix(root, "/")
	return p == root || strings.HasPrefix(p, root+"/")
}

// withinAny tells whether p lies below one of the roots.
func withinAny(p string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return within(p, root) })
}

// imports returns the import paths of a file.
func imports(file *ast.File) []string {
	var paths []string
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// violations returns what a file in a folder below src imports or uses against
// the rules.
func violations(folder string, file *ast.File) []string {
	rule, ok := allowed[folder]
	for parent := folder; !ok && parent != "."; {
		parent = path.Dir(parent)
		if parent != "." {
			rule, ok = allowed[parent]
		}
	}
	if !ok {
		return []string{fmt.Sprintf("no rule for %s: name in this test what it may import", folder)}
	}
	var found []string
	for _, p := range imports(file) {
		switch {
		case (within(p, module) || withinAny(p, ros)) && !withinAny(p, rule):
			found = append(found, fmt.Sprintf("%s imports %s", folder, p))
		case within(p, module+"/internal/acquire") && p != module+"/internal/acquire" &&
			!within(folder, ".") && !within(folder, "internal/acquire"):
			found = append(found, fmt.Sprintf("%s imports %s: only main chooses sources", folder, p))
		case within(p, malgo) && folder != "internal/soundsystem":
			found = append(found, fmt.Sprintf("%s imports %s: only soundsystem may", folder, p))
		}
	}
	if folder != "internal/acquire/webcam" && slices.Contains(imports(file), gocv) {
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if name, ok := selector.X.(*ast.Ident); ok && name.Name == "gocv" && strings.Contains(selector.Sel.Name, "VideoCapture") {
				found = append(found, fmt.Sprintf("%s uses gocv.%s: only acquire/webcam captures", folder, selector.Sel.Name))
			}
			return true
		})
	}
	return found
}

func TestImportsGoOneWay(t *testing.T) {
	files := token.NewFileSet()
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch filepath.ToSlash(name) {
			case "../rclgo", "../msgs":
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
		if folder == ".." {
			folder = "."
		}
		seen[folder] = true
		for _, violation := range violations(folder, file) {
			t.Errorf("%s: %s", name, violation)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range allowed {
		if !seen[folder] {
			t.Errorf("%s has a rule but no Go file", folder)
		}
	}
}

// entry matches a line of CONTRIBUTING.md's list of folders.
var entry = regexp.MustCompile(`(?m)^    ([a-z]+)  +\S`)

func TestContributingListsEveryFolder(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Where things are\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var listed, want []string
	for _, match := range entry.FindAllStringSubmatch(section, -1) {
		listed = append(listed, match[1])
	}
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if folder.IsDir() {
			want = append(want, folder.Name())
		}
	}
	slices.Sort(listed)
	if !slices.Equal(listed, want) {
		t.Errorf("CONTRIBUTING.md lists the folders %v, want %v", listed, want)
	}
}

func TestImportRulesCatch(t *testing.T) {
	for _, c := range []struct {
		folder, source string
		want           int
	}{
		{"internal/dsp", `import "gonum.org/v1/gonum/dsp/fourier"`, 0},
		{"internal/dsp", `import "github.com/tiiuae/rclgo/pkg/rclgo"`, 1},
		{"internal/acquire/synthetic", `import "av_capture/src/msgs/sensor_msgs/msg"`, 1},
		{"internal/acquire/synthetic", `import "av_capture/src/internal/acquire"`, 0},
		{"internal/buffer", `import "av_capture/src/internal/node"`, 1},
		{"internal/message", `import "av_capture/src/internal/param"`, 1},
		{"internal/node", `import "av_capture/src/internal/param"`, 0},
		{"internal/node", `import "av_capture/src/internal/acquire/webcam"`, 1},
		{"internal/node", `import "github.com/gen2brain/malgo"`, 1},
		{"internal/soundsystem", `import "github.com/gen2brain/malgo"`, 0},
		{"internal/acquire/webcam", `import "gocv.io/x/gocv"; var _ = gocv.OpenVideoCapture`, 0},
		{"internal/dsp", `import "gocv.io/x/gocv"; var _ = gocv.DFT`, 0},
		{"internal/dsp", `import "gocv.io/x/gocv"; var _ = gocv.OpenVideoCapture`, 1},
		{".", `import "av_capture/src/internal/acquire/webcam"`, 0},
		{"internal/unheard", `import "fmt"`, 1},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; "+c.source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := violations(c.folder, file); len(got) != c.want {
			t.Errorf("%s with %s: got %q, want %d of them", c.folder, c.source, got, c.want)
		}
	}
}
