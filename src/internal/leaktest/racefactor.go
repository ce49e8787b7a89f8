//go:build !race

package leaktest

// RaceFactor bounds the resident memory of each byte that Go allocates [bytes].
const RaceFactor = 1
