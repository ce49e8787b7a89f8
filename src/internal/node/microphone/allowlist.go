package microphone

import (
	"os"
	"path/filepath"

	"av_capture/src/internal/access"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/record"
	"av_capture/src/internal/regularfile"
)

// Allowlist holds the names that parameters may have while the node runs: those that
// its owner listed, those of the start, and sound devices. It does not change, and any
// goroutine may use it. A nil Allowlist allows everything.
type Allowlist struct {
	list    *access.List
	folders *access.List // list, and the folder of the start
	start   Config
	folder  string // of the recordings at start
}

func newAllowlist(set param.Set) (*Allowlist, error) {
	list, err := access.New(set.Strings(access.PathsParameter), nil)
	if err != nil {
		return nil, param.Misconfigured("%w", err)
	}
	a := &Allowlist{list: list, folders: list, start: configOf(set)}
	// The first recording reports an error of it.
	if a.folder, err = record.Directory(a.start.RecordDirectory); err == nil {
		a.folder, err = filepath.Abs(a.folder)
	}
	if err == nil {
		a.folders = list.WithFolder(a.folder)
	}
	return a, nil
}

// namesSame reports whether two configurations name the same files and devices.
func (c Config) namesSame(other Config) bool {
	return c.Source == other.Source && c.Device == other.Device && c.RecordDirectory == other.RecordDirectory
}

// check refuses changed parameters that name something that is not allowed. Those that
// stay as they are are not looked at: a file that is gone does not keep others from
// being changed.
func (a *Allowlist) check(before, config Config) error {
	// The name of a device is only compared with those that are there.
	if changed := config.Source != before.Source || config.Device != before.Device; changed && config.Source == "file" && !a.namedAtStart(config.Device) {
		if _, err := a.list.Path(config.Device); err != nil {
			return node.RefusedParameter("device", err)
		}
	}
	if config.RecordDirectory != a.start.RecordDirectory && config.RecordDirectory != before.RecordDirectory {
		folder, err := record.Directory(config.RecordDirectory)
		if err == nil {
			_, err = a.folders.Path(folder)
		}
		if err != nil {
			return node.RefusedParameter("record_directory", access.Refuse(config.RecordDirectory, access.PathsParameter))
		}
	}
	return nil
}

// namedAtStart reports whether the node started with a file. The default device is no file.
func (a *Allowlist) namedAtStart(device string) bool {
	return a == nil || device == a.start.Device && (a.start.Source == "file" || device != defaultDevice)
}

// Open opens a file that an allowed path leads to.
func (a *Allowlist) Open(path string) (*os.File, error) {
	if a.namedAtStart(path) {
		return regularfile.Open(path)
	}
	allowed, err := a.list.Path(path)
	if err == nil {
		err = regularfile.Check(allowed) // before it is opened: opening a device can act on it
	}
	if err != nil {
		return nil, err
	}
	file, err := a.list.Open(allowed)
	if err == nil {
		if err = regularfile.CheckOpen(file); err != nil {
			file.Close()
		}
	}
	return file, err
}

// openFolder opens a folder of recordings, and makes it if it is missing.
func (a *Allowlist) openFolder(directory string) (*os.Root, error) {
	if directory == a.folder {
		return record.OpenFolder(directory)
	}
	return a.folders.Folder(directory)
}
