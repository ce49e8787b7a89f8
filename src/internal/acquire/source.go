package acquire

import (
	"context"

	"av_capture/src/internal/media"
)

// Source gives data D in a format F, by the contract in the package's text.
type Source[F, D any] interface {
	// Open opens the device and returns its real format. It waits no longer than the
	// device takes to answer, and returns early when ctx ends. On an error nothing stays
	// open.
	Open(ctx context.Context) (F, error)

	// Run emits data until ctx ends (nil) or the source fails (an error that wraps one of
	// package media's). It blocks.
	Run(ctx context.Context, emit func(D)) error

	// Close gives the device back.
	Close() error
}

type (
	// VideoSource gives images. It calls emit on the goroutine that called Run. The
	// *Image and its Data belong to the source again as soon as emit returns.
	VideoSource = Source[media.VideoFormat, *media.Image]

	// AudioSource gives sound. It calls emit on a thread of its choice, or on that of who pulls
	// ([Supply]), but never on two at once and never after Run has
	// returned: emit must copy and return at once, and must not block, unless the source
	// allows it.
	AudioSource = Source[media.AudioFormat, media.Period]
)
