// Package speaker opens the machine's loudspeakers as a [playback.Device]. Package
// soundsystem describes the sound systems.
package speaker
