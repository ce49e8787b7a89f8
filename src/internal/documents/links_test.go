package documents

import (
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// broken returns, in words, the relative links of a document that lead nowhere. read
// returns a file below top.
func broken(path, document string, read func(path string) (string, error)) []string {
	var found []string
	for _, line := range withoutBlocks(document) {
		line = code.ReplaceAllStringFunc(line, func(code string) string {
			return strings.Trim(code, "[]()") // what looks like a link within code is none
		})
		for _, match := range link.FindAllStringSubmatch(line, -1) {
			target, fragment, _ := strings.Cut(match[2], "#")
			if strings.Contains(target, "://") {
				continue
			}
			to := path
			if target != "" {
				to = filepath.Join(filepath.Dir(path), target)
			}
			content, err := read(to)
			switch {
			case err != nil:
				found = append(found, match[0]+": there is no "+to)
			case fragment != "" && !slices.Contains(anchors(content), fragment):
				found = append(found, match[0]+": no heading of "+to+" has this anchor")
			}
		}
	}
	return found
}

// anchors returns those of all headings of a document.
func anchors(document string) []string {
	var all []string
	for _, heading := range headings(document) {
		all = append(all, anchor(heading))
	}
	return all
}

// readBelow returns a file below top; of a folder nothing, if it is there.
func readBelow(path string) (string, error) {
	path = filepath.Join(top, path)
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return "", err
	}
	content, err := os.ReadFile(path)
	return string(content), err
}

func TestEveryRelativeLinkLeadsSomewhere(t *testing.T) {
	for _, path := range documents(t) {
		for _, fault := range broken(path, text(t, path), readBelow) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	read := func(path string) (string, error) {
		if path != "doc/other.md" {
			return "", fs.ErrNotExist
		}
		return "# A `title`, _with_ signs\n\n    # no heading\n", nil
	}
	for document, want := range map[string]int{
		"[a](other.md)":                                     0,
		"[a](other.md#a-title-_with_-signs)":                0,
		"[a](other.md#no-heading)":                          1,
		"[a](other.md#a-title)":                             1,
		"![a](none.png) and [b](none.md)":                   2,
		"[a](https://a.example/none.md)":                    0,
		"    [a](none.md)":                                  0,
		"[`v4l2: open`](none.md)":                           1,
		"[a](../doc/other.md), [b](doc/other.md)":           1,
		"```\n[a](none.md)\n```\n[b](other.md#with)\n":      1,
		"[the `camera`](other.md#a-title-_with_-signs) [x]": 0,
	} {
		if got := broken("doc/this.md", document, read); len(got) != want {
			t.Errorf("%q: got %q, want %d of them", document, got, want)
		}
	}
}

func TestReadmeIsOnePageThatLeadsToEveryDocument(t *testing.T) {
	document := text(t, readme)
	if lines := strings.Count(document, "\n"); lines >= 200 {
		t.Errorf("README.md has %d lines, want less than 200: the rest belongs into doc", lines)
	}
	var listed []string
	for _, row := range rows(t, readme, "## Documents") {
		for _, match := range link.FindAllStringSubmatch(row[0], -1) {
			listed = append(listed, match[2])
		}
	}
	for _, path := range documents(t) {
		if strings.HasPrefix(path, "doc/") && !slices.Contains(listed, path) {
			t.Errorf("README.md does not list %s below Documents", path)
		}
	}
}

// picture matches one that a document shows, and its target.
var picture = regexp.MustCompile(`!\[([^\]]*)\]\(([^)\s]*)\)`)

// maxPicture is the size of a picture that a page with it still loads quickly [bytes].
const maxPicture = 200_000

func TestPicturesAreWholeSmallAndShown(t *testing.T) {
	var shown []string
	for _, path := range documents(t) {
		for _, match := range picture.FindAllStringSubmatch(text(t, path), -1) {
			shown = append(shown, filepath.Join(filepath.Dir(path), match[2]))
			if match[1] == "" {
				t.Errorf("%s: %s has no words for those who cannot see it", path, match[0])
			}
		}
	}
	if len(shown) < 2 {
		t.Errorf("only %q are shown", shown)
	}
	for _, pattern := range []string{"doc/*.png", "doc/*.svg"} {
		paths, err := filepath.Glob(filepath.Join(top, pattern))
		if err != nil || len(paths) == 0 {
			t.Errorf("%s: %q, %v", pattern, paths, err)
		}
		for _, path := range paths {
			if path, _ := filepath.Rel(top, path); !slices.Contains(shown, path) {
				t.Errorf("no document shows %s", path)
			}
			if err := whole(path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if info, err := os.Stat(path); err != nil || info.Size() > maxPicture {
				t.Errorf("%s: %v, %d bytes, want at most %d", path, err, info.Size(), maxPicture)
			}
		}
	}
}

// whole returns an error for a picture that cannot be shown.
func whole(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if filepath.Ext(path) == ".png" {
		_, err := png.Decode(file)
		return err
	}
	for decoder := xml.NewDecoder(file); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// reference matches the path of a document in a source or a configuration.
var reference = regexp.MustCompile(`\bdoc/\w+\.md\b`)

func TestDocumentsThatSourcesNameAreThere(t *testing.T) {
	found := 0
	for _, folder := range []string{"src", "config", "launch", "systemd", "test", "tools"} {
		err := filepath.WalkDir(filepath.Join(top, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && (entry.Name() == "msgs" || entry.Name() == "documents") {
				return filepath.SkipDir
			}
			if !slices.Contains([]string{".go", ".py", ".sh", ".xml", ".yaml", ".service"}, filepath.Ext(path)) {
				return nil
			}
			content, err := os.ReadFile(path)
			for _, document := range reference.FindAllString(string(content), -1) {
				found++
				if _, err := readBelow(document); err != nil {
					t.Errorf("%s names %s: %v", path, document, err)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 3 {
		t.Errorf("only %d are found", found)
	}
}

func TestFigureIsThatOfItsScript(t *testing.T) {
	script := exec.Command("python3", "-")
	script.Stdin = strings.NewReader(text(t, "tools/plot/design.py"))
	drawn, err := script.Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(drawn) != text(t, "doc/design.svg") {
		t.Error("doc/design.svg is not what tools/plot/design.py draws: run it anew")
	}
}
