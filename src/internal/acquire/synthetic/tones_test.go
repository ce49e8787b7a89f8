package synthetic

import (
	"math"
	"testing"
)

// Phases are those of the formula that is documented, to the last bit: after decades too, in which
// the product no longer is exact.
func TestPhaseIsTheRemainderOfTheProduct(t *testing.T) {
	for _, frequency := range []float64{0.5, 1, 440, 440.5, 1000, 21999, 383999} {
		for _, rate := range []int{44100, 48000, 768000} {
			for _, frame := range []uint64{0, 1, 44099, 44100, 1 << 32, 1<<43 + 12345, 1 << 50} {
				if got, want := phase(frequency, rate, frame), math.Mod(frequency*float64(frame), float64(rate)); got != want {
					t.Errorf("%v Hz at %d Hz, frame %d: got %v, want %v", frequency, rate, frame, got, want)
				}
			}
		}
	}
}
