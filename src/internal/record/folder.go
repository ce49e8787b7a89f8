package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// maxSameName is the greatest number of files of one name and time.
const maxSameName = 1000

// create makes a new file in the folder that a parameter names, and the folder if it is
// missing. No link in the folder leads the file elsewhere. The file's name consists of
// name, time and kind, and a number if that exists already.
func (c Config) create(directory, name string, at time.Time, kind string) (file *os.File, path string, err error) {
	if directory, err = Directory(directory); err != nil {
		return nil, "", err
	}
	directory, err = filepath.Abs(directory)
	if err != nil {
		return nil, "", err
	}
	open := c.Open
	if open == nil {
		open = OpenFolder
	}
	root, err := open(directory)
	if err != nil {
		return nil, "", fmt.Errorf("record_directory %s: %w", directory, err)
	}
	defer root.Close()
	// Files sorted by name are sorted by time.
	base := fileName(name) + "_" + at.UTC().Format("20060102T150405.000Z") + kind
	for number := 1; number <= maxSameName; number++ {
		full := base + ".wav"
		if number > 1 {
			full = fmt.Sprintf("%s_%d.wav", base, number)
		}
		// Exclusively: an existing file or link is left alone.
		file, err = root.OpenFile(full, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		path = filepath.Join(directory, full)
		if err != nil {
			return nil, path, fmt.Errorf("%s: %w", path, withoutPath(err))
		}
		return file, path, nil
	}
	return nil, "", fmt.Errorf("%s: there are %d files called %s already", directory, maxSameName, base)
}

// OpenFolder opens a folder, and makes it and those above it if they are missing.
func OpenFolder(directory string) (*os.Root, error) {
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return nil, err
	}
	return os.OpenRoot(directory)
}

// withoutPath returns the cause in an error of the os package, which repeats the path.
func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// fileName makes a node's full name a part of a file's name.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, strings.Trim(name, "/"))
}

// Check returns an error for a parameter that names no usable folder: one of another
// user's ~, which is not looked up, or one with control characters, which would break the
// lines of a log.
func Check(parameter string) error {
	if other, ok := strings.CutPrefix(parameter, "~"); ok && other != "" && other[0] != '/' {
		return errors.New("want a path, or ~/ for the home of the node's own user: write out that of another user")
	}
	if strings.ContainsFunc(parameter, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errors.New("want a path without control characters")
	}
	return nil
}

// Directory returns the folder that a parameter names, with ~ at its start replaced by
// the user's home. An empty parameter stands for $ROS_HOME/av_capture, or
// ~/.ros/av_capture without ROS_HOME.
func Directory(parameter string) (string, error) {
	home := func() (string, error) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("record_directory: %w: set it to a folder, or HOME", err)
		}
		return home, nil
	}
	if parameter == "" {
		if ros := os.Getenv("ROS_HOME"); ros != "" {
			return filepath.Join(ros, "av_capture"), nil
		}
		user, err := home()
		return filepath.Join(user, ".ros", "av_capture"), err
	}
	rest, ok := strings.CutPrefix(parameter, "~")
	if !ok || rest != "" && rest[0] != '/' {
		return parameter, nil
	}
	user, err := home()
	return filepath.Join(user, rest), err
}
