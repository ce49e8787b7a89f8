// Package record keeps sound in WAV files: a recording from on to off, for hours
// and through losses of the device, and snippets of the newest sound.
//
// [Tape] is one file that is written on a goroutine of its own, so that a slow
// disk holds up nobody. [Recorder] reads what a microphone captures out of its
// ring and puts it on tapes.
//
// Files stay in time: sound that was lost is silence of the same length. How
// much of it there is, is counted and said.
package record
