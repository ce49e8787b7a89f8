package regularfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Output makes the file of a path that a user has named for a program's output, for reading and
// writing. One that is there is an error that names the option --overwrite, unless overwrite is
// set: then it is emptied.
func Output(path string, overwrite bool) (*os.File, error) {
	if overwrite {
		file, err := Create(path, 0o644)
		if errors.Is(err, ErrOther) {
			err = fmt.Errorf("%s %w", path, err)
		}
		return file, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already: choose another name, or give --overwrite", path)
	}
	return file, err
}
