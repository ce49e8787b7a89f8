package access

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// ErrRefused is wrapped by errors for names that the owner did not allow.
var ErrRefused = errors.New("refused")

// refusal is an ErrRefused with its text.
type refusal string

func (r refusal) Error() string { return string(r) }

// Is makes every refusal an ErrRefused.
func (r refusal) Is(target error) bool { return target == ErrRefused }

// Refuse returns the ErrRefused for a value that the parameter does not list.
func Refuse(value, parameter string) error {
	return refusal(fmt.Sprintf("%q is not within %s; the owner lists it at start", MaskedValue(value), parameter))
}

// Parameters that list allowed files, URLs and sources.
const (
	PathsParameter   = "allowed_paths"
	URLsParameter    = "allowed_urls"
	SourcesParameter = "allowed_sources"
)

// List holds the paths and URLs that the owner allowed. It does not change, and any goroutine
// may use it. Its methods look at the disk, and block as long as the disk does.
type List struct {
	paths []entry
	urls  []address
}

// entry is a file, or a folder with everything below it.
type entry struct {
	path  string // absolute; its links are followed at each judgement
	exact bool   // without everything below it
}

// New returns a list of files and folders and of prefixes of URLs. In paths ~ is the home
// folder, and relative ones begin in the working directory.
func New(paths, urls []string) (*List, error) {
	l := &List{}
	for _, path := range paths {
		whole, err := expanded(path)
		if err != nil {
			return nil, err
		}
		l.paths = append(l.paths, entry{path: whole})
	}
	for _, text := range urls {
		a, err := parsePrefix(text)
		if err != nil {
			return nil, err
		}
		l.urls = append(l.urls, a)
	}
	return l, nil
}

// expanded returns the absolute path, with the home folder for ~.
func expanded(path string) (string, error) {
	if path == "" {
		return "", errors.New(`"" is no path`)
	}
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("%q cannot be found: %w", path, err)
		}
		return filepath.Join(home, rest), nil
	}
	return filepath.Abs(path)
}

// WithFile returns a list that also allows a file, which was named at start.
func (l *List) WithFile(path string) *List { return l.with(entry{path, true}) }

// WithFolder returns a list that also allows a folder and everything below it, which was named
// at start.
func (l *List) WithFolder(path string) *List { return l.with(entry{path, false}) }

func (l *List) with(e entry) *List {
	if whole, err := filepath.Abs(e.path); err == nil { // else nothing relative can be opened either
		e.path = whole
	}
	return &List{paths: append(l.paths[:len(l.paths):len(l.paths)], e), urls: l.urls}
}

// place is the place of an allowed path.
type place struct {
	root string // the allowed folder, or the folder of the allowed file
	rel  string // the path from there, without links
}

func (p place) path() string { return filepath.Join(p.root, p.rel) }

// find returns the place of a path, if both its text and its target are allowed.
func (l *List) find(name string) (place, error) {
	refused := Refuse(name, PathsParameter)
	if strings.ContainsFunc(name, unicode.IsControl) {
		return place{}, refused // it would forge lines of a log
	}
	// Parts before ".." are removed by their text: following them would tell whether they
	// exist.
	whole, err := filepath.Abs(name)
	if err != nil || name == "" || len(name) >= longestPath {
		return place{}, refused
	}
	roots := make([]string, len(l.paths))
	near := false
	for i, e := range l.paths {
		if roots[i], err = follow(e.path); err == nil {
			near = near || e.reaches(e.path, whole) || e.reaches(roots[i], whole)
		}
	}
	// Only now are links followed: a path elsewhere is never looked at, so that it cannot
	// hang, nor tell that it exists by a link into an allowed folder.
	if !near {
		return place{}, refused
	}
	path, err := follow(whole)
	if err != nil {
		return place{}, refused
	}
	for i, e := range l.paths {
		root := roots[i]
		switch {
		case root == "" || !e.reaches(root, path):
		case path != root:
			rel, err := filepath.Rel(root, path)
			return place{root, rel}, err
		default:
			if info, err := os.Stat(root); err == nil && info.IsDir() {
				return place{root, "."}, nil
			}
			return place{filepath.Dir(root), filepath.Base(root)}, nil
		}
	}
	return place{}, refused
}

// reaches reports whether a clean path is root or lies below it. root is the entry's own path
// or its target.
func (e entry) reaches(root, path string) bool {
	return path == root || !e.exact && strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/")
}

// Path returns the path of a file or folder, without links. It need not exist.
func (l *List) Path(name string) (string, error) {
	p, err := l.find(name)
	return p.path(), err
}

// Open opens a file for reading. It does not wait for the writer of a pipe. A link made
// meanwhile does not lead out of the list.
func (l *List) Open(name string) (*os.File, error) {
	p, err := l.find(name)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(p.rel, os.O_RDONLY|nonBlocking, 0)
}

// Folder opens a folder, and makes it if it is missing. A link made meanwhile does not lead out
// of the list.
func (l *List) Folder(name string) (*os.Root, error) {
	p, err := l.find(name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.root, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(p.root)
	if err != nil || p.rel == "." {
		return root, err
	}
	defer root.Close()
	if err := makeFolders(root, p.rel, 0o755); err != nil {
		return nil, err
	}
	return root.OpenRoot(p.rel)
}

// makeFolders makes a folder below root, and those on the way to it, where they are missing. It
// is [os.Root]'s MkdirAll, which Go 1.24 has not.
func makeFolders(root *os.Root, path string, mode fs.FileMode) error {
	made := ""
	for _, name := range strings.Split(path, "/") {
		made = filepath.Join(made, name)
		if err := root.Mkdir(made, mode); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// Parent opens the folder of a file that a name leads to, and returns the path of the
// file, whose last part is its name in the folder. It makes missing folders if create is
// true. A link that has come meanwhile does not lead out of what is allowed.
func (l *List) Parent(name string, create bool) (folder *os.Root, path string, err error) {
	p, err := l.find(name)
	if err != nil {
		return nil, "", err
	}
	if create {
		if err := os.MkdirAll(p.root, 0o777); err != nil {
			return nil, "", err
		}
	}
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return nil, "", err
	}
	parent := filepath.Dir(p.rel)
	if parent == "." {
		return root, p.path(), nil
	}
	defer root.Close()
	if create {
		if err := makeFolders(root, parent, 0o777); err != nil {
			return nil, "", err
		}
	}
	folder, err = root.OpenRoot(parent)
	return folder, p.path(), err
}
