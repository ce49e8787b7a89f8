package main

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// faults are counts of what is to go wrong next, by name: an image's, or "stall CONTROL".
type faults struct {
	mu     sync.Mutex
	counts map[string]int
}

func newFaults() *faults { return &faults{counts: map[string]int{}} }

// set has the next count of them go wrong.
func (f *faults) set(name string, count int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[name] = count
}

// take reports whether this one is to go wrong, and counts it.
func (f *faults) take(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counts[name] <= 0 {
		return false
	}
	f.counts[name]--
	return true
}

// imageFaults are the names of what can go wrong with an image, most urgent first.
var imageFaults = []string{"dropped", "flagged", "empty", "cut", "garbage", "padded"}

// padding is added to a padded image [bytes].
const padding = 777

// takeImage returns the fault of the next image, or "".
func (f *faults) takeImage() string {
	for _, name := range imageFaults {
		if f.take(name) {
			return name
		}
	}
	return ""
}

// damage returns an image with a fault; the image itself is not changed.
//
//	cut      its first half
//	garbage  as many bytes of noise
//	padded   zeros behind it
//	empty    nothing
//
// A dropped image is not sent at all, and a flagged one is sent whole with its error
// bit set.
func damage(image []byte, fault string) []byte {
	switch fault {
	case "cut":
		return image[:len(image)/2]
	case "garbage":
		random := rand.New(rand.NewPCG(uint64(len(image)), 0))
		noise := make([]byte, len(image))
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		return noise
	case "padded":
		return append(slices.Clip(image), make([]byte, padding)...)
	case "empty":
		return nil
	}
	return image
}
