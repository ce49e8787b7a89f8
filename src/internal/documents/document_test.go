// Package documents compares the documents with the code: tables, messages, links and
// figures. It has tests alone.
package documents

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"av_capture/src/internal/leaktest"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// TestMain fails if a test leaves anything behind. Files that the middleware keeps for as
// long as the process runs are open before. The nodes of these tests meet no other process.
func TestMain(m *testing.M) {
	os.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "OFF")
	parent, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{})
	if err == nil {
		_, err = parent.NewNode("first", "")
		err = errors.Join(err, parent.Close())
	}
	if err != nil {
		panic(err)
	}
	os.Exit(leaktest.Run(m))
}

// top is the folder of the project.
const top = "../../.."

// The documents that tests look for tables in, below top.
const (
	readme          = "README.md"
	contributing    = "CONTRIBUTING.md"
	parameters      = "doc/parameters.md"
	diagnostics     = "doc/diagnostics.md"
	running         = "doc/running.md"
	troubleshooting = "doc/troubleshooting.md"
)

// documents returns the paths of all documents for people, below top.
func documents(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(top, "doc/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		if paths[i], err = filepath.Rel(top, path); err != nil {
			t.Fatal(err)
		}
	}
	if len(paths) < 10 {
		t.Fatalf("only %q are in doc", paths)
	}
	return append(paths, readme, contributing, "test/devices/README.md", "src/rclgo/README.md")
}

// text returns the content of a file below top.
func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(top, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// rows returns the cells of the first table below a heading of a document, without the
// row of titles.
func rows(t *testing.T, path, heading string) [][]string {
	t.Helper()
	_, section, found := strings.Cut(text(t, path), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", path, heading)
	}
	var table [][]string
	for line := range strings.Lines(section) {
		line, isRow := strings.CutPrefix(strings.TrimSpace(line), "|")
		if !isRow {
			if len(table) > 0 {
				break
			}
			continue
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		table = append(table, cells)
	}
	if len(table) < 3 {
		t.Fatalf("%s has no table below %q", path, heading)
	}
	return table[2:] // after the titles and the line below them
}

// code matches code within a line.
var code = regexp.MustCompile("(`+)(.+?)(`+)")

// codes returns the parts of a cell that are set as code.
func codes(cell string) []string {
	var found []string
	for _, match := range code.FindAllStringSubmatch(cell, -1) {
		found = append(found, strings.TrimSpace(match[2]))
	}
	return found
}

// bare returns a cell without the signs of code.
func bare(cell string) string { return strings.Trim(cell, "`") }

// link matches a link, or a picture, and its target.
var link = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]*)\)`)

// withoutBlocks returns the lines of a document that are no blocks of code, by their
// numbers from 1.
func withoutBlocks(document string) map[int]string {
	lines := map[int]string{}
	number, fenced := 0, false
	for line := range strings.Lines(document) {
		number++
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced, strings.HasPrefix(line, "    "):
		default:
			lines[number] = strings.TrimSuffix(line, "\n")
		}
	}
	return lines
}

// anchor returns the anchor that GitHub gives a heading: its letters and digits in lower
// case, with a hyphen for each space.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, link.ReplaceAllString(heading, "$1"))
}

// headings returns the headings of a document, without their signs.
func headings(document string) []string {
	var found []string
	for _, line := range withoutBlocks(document) {
		if signs, heading, ok := strings.Cut(line, " "); ok && signs != "" && strings.Trim(signs, "#") == "" {
			found = append(found, strings.TrimSpace(heading))
		}
	}
	return found
}
