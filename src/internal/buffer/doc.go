// Package buffer passes sound from a source to the goroutines that publish it.
//
// A [Ring] has one writer, which never waits for a reader, and any number of readers. It
// overwrites the oldest audio frames, and each reader counts exactly those that it missed.
//
// A source may keep its sound until a reader waits for it ([Supply]), so that nobody is woken
// before.
package buffer
