//go:build race

package clock_test

// The simulations have one goroutine: the race detector makes them thirty times
// slower and has nothing to find there.
const (
	seeds = 2
	days  = 1
)
