package documents

import (
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/subscriber"
)

// TestDocumentHasTheTypesOfSoundInTheirOrder, in which the first that a node publishes is taken.
func TestDocumentHasTheTypesOfSoundInTheirOrder(t *testing.T) {
	var got []string
	for _, cells := range rows(t, "doc/interoperability.md", "## What our programs read") {
		got = append(got, strings.Replace(cells[0], "/", "/msg/", 1))
	}
	if !slices.Equal(got, subscriber.SoundTypes) {
		t.Errorf("doc/interoperability.md has %q, want %q", got, subscriber.SoundTypes)
	}
}
