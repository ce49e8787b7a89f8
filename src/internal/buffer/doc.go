// Package buffer passes sound from a source's thread to the goroutines that publish it.
//
// A [Ring] has one writer, which never waits for a reader, and any number of readers. It
// overwrites the oldest audio frames, and each reader counts exactly those that it missed.
package buffer
