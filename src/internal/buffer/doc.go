// Package buffer holds what flows between a source's thread and the goroutines
// that publish.
//
// [Ring] is for sound: one writer, which is never held up, and any number of
// readers, each of which can count exactly what it was too slow for. The
// oldest audio frames are overwritten; nothing is dropped without being seen.
package buffer
