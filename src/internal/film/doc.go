// Package film writes images and sound of any number of topics to a film, by ffmpeg. Time is
// that of the stamps.
//
// The way of the data:
//
//	Stream.Image, Stream.Sound  any goroutine; never waits: queue, bounded by bytes
//	Recorder.Run                the recorder's goroutine: the oldest stamp first
//	soundtrack                  sound on the clock of its stamps, silence where it is lost
//	part                        one file: what is at which time in it
//	nut.Writer, ffmpegprocess   a pipe to ffmpeg, which encodes and writes the file
//
// A [Recorder] begins a part when each of its streams has come, and another one when
// something changes that a file has once: the size or format of images, the rate or channels of
// sound, the streams there are.
package film
