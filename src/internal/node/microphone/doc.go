// Package microphone is the node that publishes sound, its spectrum and its
// spectrogram, and records sound to files.
//
// A session opens the source; the sound of one opening is a stream. It goes to a
// ring, from which each topic and the recorder read at their own pace: a source that keeps its
// sound ([acquire.Supply]) is pulled by the thread of ~/audio when a reader has waited for long
// enough, a file writes by itself. The count of audio frames goes on from stream to stream: that is
// the timeline.
//
// # Live and batch
//
// Live sound waits for nobody. A reader that is slower than the source loses the
// oldest sound in the ring, and first_frame and lost_frames say so.
//
// With source file and realtime false the stream is a batch: a file that is played
// as fast as its subscribers take it, without loss. The source is held up instead:
//
//   - until there is a subscriber,
//   - while the ring is full of sound that a reader has not taken,
//   - while the middleware refuses a message, which it does when a reliable
//     subscriber is slow. Topics keep all messages by default for that.
//
// The stamps of a batch follow the file's sample rate from the time of its first
// block, and so run ahead of the clock. A loop goes on from there; the next live
// stream lets them return to the present. Latency, silence and rate mean nothing in
// a batch, and the diagnostics leave them out.
//
// Interface delivery is the difference: live.go and batch.go implement it.
package microphone
