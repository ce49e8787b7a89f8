package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// most is how many files of one name and time there may be.
const most = 1000

// create makes a new file below a folder, which it makes too if it is not there.
// The file is where its path says, whatever links lie in the folder. Its name is
// made of name, time and kind, and of a number if there is such a file already.
func create(directory, name string, at time.Time, kind string) (file *os.File, path string, err error) {
	directory, err = filepath.Abs(directory)
	if err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return nil, "", fmt.Errorf("record_directory %s: %w", directory, err)
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, "", fmt.Errorf("record_directory %s: %w", directory, err)
	}
	defer root.Close()
	// Sorted by name they are sorted by time, on every file system.
	base := safe(name) + "_" + at.UTC().Format("20060102T150405.000Z") + kind
	for number := 1; number <= most; number++ {
		full := base + ".wav"
		if number > 1 {
			full = fmt.Sprintf("%s_%d.wav", base, number)
		}
		// Exclusively: what is there, a link say, is left alone.
		file, err = root.OpenFile(full, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		path = filepath.Join(directory, full)
		if err != nil {
			return nil, path, fmt.Errorf("%s: %w", path, reason(err))
		}
		return file, path, nil
	}
	return nil, "", fmt.Errorf("%s: there are %d files called %s already", directory, most, base)
}

// reason leaves out the path that the os package repeats.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// safe makes a node's full name a part of a file's name.
func safe(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, strings.Trim(name, "/"))
}

// Directory returns the folder that a parameter names: the one that it names,
// where ~ at its start is the user's; or, if it names none, av_capture in ROS's
// own folder for what nodes keep.
func Directory(parameter string) (string, error) {
	home := func() (string, error) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("record_directory: %w: set it to a folder", err)
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
