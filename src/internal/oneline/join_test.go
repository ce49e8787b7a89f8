package oneline_test

import (
	"errors"
	"io/fs"
	"testing"

	"av_capture/src/internal/oneline"
)

func TestJoinedErrorsAreOneLine(t *testing.T) {
	if err := oneline.Join(nil, nil); err != nil {
		t.Errorf("of none: %v", err)
	}
	err := oneline.Join(errors.New("no focus"), nil, oneline.Join(fs.ErrNotExist, errors.New("no name")))
	if want := "no focus; file does not exist; no name"; err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%q, want %q, which wraps all", err, want)
	}
}
