// Package ffmpegprocess runs the program ffmpeg.
//
// It runs in a process group of its own, which has its helpers too. The group ends with
// [Process.End], with ffmpeg itself, and with our process, however that ends: at once if it
// writes to us, and when it has finished if it reads from us. Its messages on
// standard error go to a [Log]: each is passed on once, and the last lines tell why it ended.
package ffmpegprocess
