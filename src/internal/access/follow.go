package access

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Bounds of Linux.
const (
	longestPath = unix.PathMax // [bytes]
	mostLinks   = 40           // in one path
)

// nonBlocking are flags with which an open does not wait for the other end of a pipe, nor take
// over a terminal.
const nonBlocking = unix.O_NONBLOCK | unix.O_NOCTTY

var errPath = errors.New("no such path can be")

// follow returns the absolute path of a name, without links, "." and "..", as the kernel finds
// it. Parts that are missing, or cannot be looked at, are taken literally.
func follow(name string) (string, error) {
	if name == "" {
		return "", errPath
	}
	if !filepath.IsAbs(name) {
		folder, err := os.Getwd()
		if err != nil {
			return "", err
		}
		name = folder + "/" + name
	}
	if len(name) >= longestPath || strings.ContainsRune(name, 0) {
		return "", errPath
	}
	done, rest := "/", name
	missing, links := false, 0
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && missing:
			return "", errPath
		case part == "..":
			done = filepath.Dir(done)
			continue
		}
		next := filepath.Join(done, part)
		if !missing {
			info, err := os.Lstat(next)
			switch {
			case err != nil:
				missing = true
			case info.Mode()&fs.ModeSymlink != 0:
				if links++; links > mostLinks {
					return "", errPath
				}
				target, err := os.Readlink(next)
				if err != nil {
					return "", errPath
				}
				if filepath.IsAbs(target) {
					done = "/"
				}
				if rest = target + "/" + rest; len(rest) >= 2*longestPath {
					return "", errPath
				}
				continue
			}
		}
		done = next
	}
	return done, nil
}
