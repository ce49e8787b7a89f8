//go:build !race

package clock_test

// How much the simulations simulate.
const (
	seeds = 20
	days  = 7
)
