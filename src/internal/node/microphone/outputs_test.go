package microphone

import (
	"errors"
	"slices"
	"testing"
)

func TestAbsentMessagesAreToldOnce(t *testing.T) {
	absent := map[string]func() error{
		"audio_common": func() error { return errors.New("built without them") },
		"foxglove":     func() error { return nil },
	}
	got := absentOutputs([]string{"audio_common", "foxglove", "audio_common"}, absent)
	if want := []string{`no sound as audio_outputs asks with "audio_common": built without them`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
