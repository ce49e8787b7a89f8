package access

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"
)

// sequence matches the pattern of numbered images, as in image_%03d.png.
var sequence = regexp.MustCompile(`^([^%]*)%[0-9]*d([^%]*)$`)

// Sequence is Path for the pattern of numbered images, as in "folder/image_%03d.png". It judges
// the folder, and each link among the images.
func (l *List) Sequence(pattern string) (string, error) {
	refused := Refuse(pattern, PathsParameter)
	folder, base := filepath.Split(pattern)
	parts := sequence.FindStringSubmatch(base)
	if folder == "" {
		folder = "."
	}
	p, err := l.find(folder)
	if parts == nil || err != nil || strings.Contains(p.path(), "%") {
		return "", refused
	}
	images := regexp.MustCompile(`^` + regexp.QuoteMeta(parts[1]) + `[0-9]+` + regexp.QuoteMeta(parts[2]) + `$`)
	// A pipe would wait for a writer.
	open, err := os.OpenFile(p.path(), os.O_RDONLY|unix.O_DIRECTORY|nonBlocking, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(p.path(), base), nil // as Path
	}
	if err != nil {
		return "", err
	}
	defer open.Close()
	for {
		entries, err := open.ReadDir(1000)
		for _, e := range entries {
			if e.Type()&fs.ModeSymlink == 0 || !images.MatchString(e.Name()) {
				continue
			}
			if _, err := l.find(filepath.Join(p.path(), e.Name())); err != nil {
				return "", refused
			}
		}
		if errors.Is(err, io.EOF) {
			return filepath.Join(p.path(), base), nil
		}
		if err != nil {
			return "", err
		}
	}
}
