// Package playback plays blocks of sound, which come at irregular times, on a device,
// which asks for sound at its own times.
//
// A [Player] takes blocks and keeps a device open for them. A [Ring] between the two is a
// jitter buffer. It places sound by the index of its audio frames, so that missing frames
// become silence of the same length. Sound is delayed by a target, and a block may be late
// by as much. A later one is an underrun: the device gets silence, and the sound waits for
// the target again. Single audio frames are dropped or repeated to follow the difference
// between the publisher's clock and the device's (fillMonitor).
//
// The package is independent of sound systems and of ROS. Times are on CLOCK_MONOTONIC.
package playback
