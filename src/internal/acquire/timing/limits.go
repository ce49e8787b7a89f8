package timing

import "time"

// Limits after which a device counts as lost.
const (
	// StartLimit bounds the time to the first image: a camera sets its exposure first.
	StartLimit = 5 * time.Second

	// StallLimit and three periods bound the time between images.
	StallLimit = 1500 * time.Millisecond
)
