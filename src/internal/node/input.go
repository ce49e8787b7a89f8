package node

import (
	"fmt"

	"av_capture/src/internal/inputurl"
)

// Input is a node's source, as its parameters name it.
type Input struct {
	Parameter string // the name of the one that decides about it
	Name      string // for people, without a password
	Device    bool   // can be plugged in, as far as the name tells
}

// SourceName names a source for people, as in `"x.wav" (file)`, without a password.
func SourceName(source, device string) string {
	if source == "synthetic" || device == "" {
		return "the source " + source
	}
	return fmt.Sprintf("%q (%s)", inputurl.Redacted(device), source)
}
