package acquire

import "time"

// Patience bounds the calls of a source. A call that takes longer counts as hanging, and
// the source is left behind.
type Patience struct {
	// Open is far longer than the slowest device takes on a busy machine.
	Open time.Duration

	// Call is the same for one call that a [CallCounter] counts; 0 for a source with a limit
	// of its own.
	Call time.Duration

	// Cure tells people what to do, as in "look at the server".
	Cure string
}

// DefaultPatience holds for a source that is not [Patient].
var DefaultPatience = Patience{Open: 30 * time.Second, Cure: "look at the device"}

// Patient is a source with a patience of its own.
type Patient interface {
	Patience() Patience
}
