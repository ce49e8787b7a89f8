package main

import "testing"

func TestPacketsHoldWhatTheClockHasAcquired(t *testing.T) {
	const seconds = 100
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		for _, ppm := range []float64{-400, 0, 400} {
			c := newSoundClock(rate, ppm, 5e9, 1000)
			room := audioRoom(options{sampleRate: rate, channels: 1}) / 2
			next := 1000
			for range seconds * 1000 {
				first, count := c.packet(room)
				if first != next {
					t.Fatalf("%d Hz, %g ppm: a packet begins with %d, want %d", rate, ppm, first, next)
				}
				if low := rate / 1000; count < low-1 || count > low+1 {
					t.Fatalf("%d Hz, %g ppm: %d audio frames in a packet", rate, ppm, count)
				}
				next += count
			}
			want := 1000 + seconds*float64(rate)*(1+ppm*1e-6)
			if off := float64(next) - want; off < -1.001 || off > 0.001 {
				t.Errorf("%d Hz, %g ppm: %d audio frames after %d s, want %g", rate, ppm, next, seconds, want)
			}
		}
	}
}

func TestRateChangesWithoutAStep(t *testing.T) {
	c := newSoundClock(48000, 0, 0, 0)
	for range 1000 {
		c.packet(100)
	}
	c.setPPM(400)
	if at := c.position(1e9); at != 48000 {
		t.Errorf("the position steps to %g, want 48000", at)
	}
	for range 1000 {
		c.packet(100)
	}
	if want := 48000 + 48019; c.sent != want { // 48019.2 in the second second
		t.Errorf("%d audio frames, want %d", c.sent, want)
	}
}
