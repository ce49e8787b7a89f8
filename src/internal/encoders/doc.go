// Package encoders has ffmpeg's encoders: which ones the ffmpeg of this machine has
// ([Inspect], [FFmpeg.Find]), and the arguments that each needs.
package encoders
