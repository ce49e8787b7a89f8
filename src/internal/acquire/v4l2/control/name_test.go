package control

import (
	"slices"
	"testing"

	"av_capture/src/internal/media"
)

func TestEachUsualControlHasANumber(t *testing.T) {
	var names []string
	for _, usual := range usualNames {
		if !slices.Contains(names, usual.name) {
			names = append(names, usual.name)
		}
	}
	if !slices.Equal(names, media.UsualControls) {
		t.Errorf("got numbers for %q, want them for %q", names, media.UsualControls)
	}
}
