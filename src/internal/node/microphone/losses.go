package microphone

import "sync"

// losses are the losses of a stream whose size is estimated from the clock. Any
// goroutine may use them.
type losses struct {
	mu         sync.Mutex
	estimated  uint64 // [audio frames]
	unreported int    // losses that the device did not report
	starts     [16]uint64
	epochs     uint32 // that began with a loss; the newest start at starts
}

// add notes a loss that the device did not report: an epoch starts with the audio
// frame first.
func (l *losses) add(first, lost uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.estimated += lost
	l.unreported++
	l.starts[l.epochs%uint32(len(l.starts))] = first
	l.epochs++
}

// addWhileClosed notes a loss while the source was closed.
func (l *losses) addWhileClosed(lost uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.estimated += lost
}

// epoch returns the number of epochs started in this stream up to an audio frame.
// It knows the start of the last sixteen only.
func (l *losses) epoch(frame uint64) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	size := uint32(len(l.starts))
	epoch := l.epochs
	for epoch > 0 && l.epochs-epoch < size && frame < l.starts[(epoch-1)%size] {
		epoch--
	}
	return epoch
}

// total returns the audio frames lost, and the number of unreported losses.
func (l *losses) total() (frames uint64, times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.estimated, l.unreported
}
