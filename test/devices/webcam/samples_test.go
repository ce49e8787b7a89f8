package main

import "testing"

func TestSamplesTellTheirIndex(t *testing.T) {
	// The case's own copy, rig/webcam.py, is compared with the driver's bytes; here that
	// neighbours and channels differ.
	seen := map[[3]uint16]bool{}
	for n := range 200000 {
		key := [3]uint16{noise(n, 0, 2), noise(n, 1, 2), noise(n+1, 0, 2)}
		if seen[key] {
			t.Fatalf("audio frame %d is there twice", n)
		}
		seen[key] = true
	}
	if sound := appendNoise(nil, 7, 3, 2); len(sound) != 12 || noise(8, 1, 2) != uint16(sound[6])|uint16(sound[7])<<8 {
		t.Errorf("audio frames 7 to 9: % x", sound)
	}
}
