// Package record writes sound to WAV files: recordings from on to off, for hours and
// across losses of the device, and snippets of the newest sound.
//
// [AsyncWriter] writes one file on a goroutine of its own, so that a slow disk blocks
// no caller. [Recorder] reads a microphone's ring and feeds one writer for each format.
//
// Files keep time: lost sound becomes silence of the same length, which is counted and
// reported.
package record
