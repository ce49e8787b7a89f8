package node

import "sync"

// losses are those whose size is estimated. Any goroutine may use them.
type losses struct {
	mu        sync.Mutex
	estimated uint64 // [audio frames] in this opening
	untold    int    // of the device, in this opening
	begins    [16]uint64
	epochs    uint32 // that began in this opening with a loss; the newest begin at begins
}

// add notes a loss of the device: an epoch begins with the audio frame first.
func (l *losses) add(first, lost uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.estimated += lost
	l.untold++
	l.begins[l.epochs%uint32(len(l.begins))] = first
	l.epochs++
}

// away notes a loss while the source was closed.
func (l *losses) away(lost uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.estimated += lost
}

// epoch returns how many epochs have begun in this opening up to an audio frame.
// Of more than the last sixteen it knows no beginning.
func (l *losses) epoch(frame uint64) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	size := uint32(len(l.begins))
	epoch := l.epochs
	for epoch > 0 && l.epochs-epoch < size && frame < l.begins[(epoch-1)%size] {
		epoch--
	}
	return epoch
}

// total returns the audio frames that were lost, and how often.
func (l *losses) total() (frames uint64, times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.estimated, l.untold
}
