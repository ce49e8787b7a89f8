//go:build race

package leaktest

// RaceFactor bounds the resident memory of each byte that Go allocates [bytes]: the race
// detector's own is five to ten times as large
// (https://go.dev/doc/articles/race_detector).
const RaceFactor = 10
