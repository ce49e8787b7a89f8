package calibration

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/oneline"
	"av_capture/src/internal/regularfile"
)

// maxFile bounds the size of a file [bytes]. Calibrations are much smaller.
const maxFile = 1 << 16

// Read reads a file and returns the calibration and the name of the camera that
// it was made for, "" if it names none. The error of a file that does not exist is
// an [fs.ErrNotExist]. It follows links, and blocks as long as the disk does.
func Read(path string) (Camera, string, error) {
	file, err := regularfile.Open(path)
	return read(file, path, err)
}

// ReadIn is Read for a file in an open folder: no link leads out of that. The name of
// the file is the last part of path, which is otherwise for messages alone.
func ReadIn(folder *os.Root, path string) (Camera, string, error) {
	file, err := regularfile.OpenIn(folder, filepath.Base(path))
	return read(file, path, withPath("open", path, err))
}

// read reads and closes a file, unless opening it failed with err.
func read(file *os.File, path string, err error) (Camera, string, error) {
	switch {
	case errors.Is(err, regularfile.ErrOther):
		return Camera{}, "", fmt.Errorf("%s %w", path, err)
	case err != nil:
		return Camera{}, "", err
	}
	defer file.Close()
	if filepath.Ext(path) == ".ini" {
		return Camera{}, "", fmt.Errorf("%s is no YAML: make it so by \"ros2 run camera_calibration_parsers convert %s %s.yaml\"", path, path, strings.TrimSuffix(path, ".ini"))
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return Camera{}, "", withPath("read", path, err)
	}
	if len(text) > maxFile {
		return Camera{}, "", fmt.Errorf("%s is no file of a calibration: it has more than %d bytes", path, maxFile)
	}
	c, name, err := Parse(text)
	if err != nil {
		return Camera{}, "", fmt.Errorf("%s: %w", path, err)
	}
	return c, name, nil
}

// The permissions of new files and folders, before the umask of the process: those that
// camera_info_manager (std::ofstream) and every editor give them. A user whose group
// shares calibrations sets the umask for all of them.
const (
	newFile   fs.FileMode = 0o666
	newFolder fs.FileMode = 0o777
)

// Write writes a file, and makes the folders above it that are missing. A link stays:
// the file that it leads to is replaced. All else is as with [WriteIn].
func Write(path, name string, c Camera) error {
	if err := checkEnding(path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), newFolder); err != nil {
		return err
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	folder, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return WriteIn(folder, path, name, c)
}

// WriteIn writes the calibration of a camera to a file in an open folder. The name of
// the file is the last part of path, which is otherwise for messages alone; it ends in
// .yaml or .yml, by which camera_calibration_parsers recognizes the format.
//
// The file is replaced as a whole: the former one stays until the new one is on the
// disk, which has its permissions. It blocks as long as the disk does.
func WriteIn(folder *os.Root, path, name string, c Camera) error {
	if err := checkEnding(path); err != nil {
		return err
	}
	text, err := Format(name, c)
	if err != nil {
		return err
	}
	return replace(folder, path, text)
}

// checkEnding returns an error unless the name of a file ends as a YAML file's does.
func checkEnding(path string) error {
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return fmt.Errorf("%s is not written: its name has to end in .yaml", path)
	}
	return nil
}

// replace replaces a file in a folder by one with another content.
func replace(folder *os.Root, path string, text []byte) error {
	name := filepath.Base(path)
	mode, exists := newFile, false
	if info, err := folder.Lstat(name); err == nil && info.Mode().IsRegular() {
		mode, exists = info.Mode().Perm(), true
	}
	temporary := "." + name + "." + rand.Text()
	file, err := folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return withPath("write", path, err)
	}
	_, err = file.Write(text)
	if err == nil && exists {
		err = file.Chmod(mode) // without the umask
	}
	if err == nil {
		err = file.Sync()
	}
	err = oneline.Join(withPath("write", path, err), withPath("close", path, file.Close()))
	if err == nil {
		err = withPath("replace", path, rename(folder, temporary, name))
	}
	if err != nil {
		return oneline.Join(err, withPath("remove", filepath.Join(filepath.Dir(path), temporary), folder.Remove(temporary)))
	}
	return nil
}

// rename gives a file in a folder another name there. It is [os.Root]'s Rename, which Go 1.24
// has not, for names without a folder: renameat follows no link in the last part of a path.
func rename(folder *os.Root, from, to string) error {
	opened, err := folder.Open(".")
	if err != nil {
		return err
	}
	defer opened.Close()
	fd := int(opened.Fd())
	if err := unix.Renameat(fd, from, fd, to); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// withPath puts a file's whole path into an error that names the file within a folder.
func withPath(operation, path string, err error) error {
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	default:
		return err
	}
	return &fs.PathError{Op: operation, Path: path, Err: err}
}
