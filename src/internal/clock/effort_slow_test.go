//go:build race || emulated

package clock_test

// The simulations have one goroutine: the race detector makes them thirty times slower and has
// nothing to find there. An emulated processor is as slow.
const (
	seeds = 2
	days  = 1
)
