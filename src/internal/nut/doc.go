// Package nut is NUT, the container in which images and sound pass between ffmpeg and us
// through a pipe: [Reader] reads a single stream of video or sound that ffmpeg writes,
// [Writer] writes several streams that ffmpeg reads.
//
// Unlike raw video on a pipe, NUT has the size of the images, which may be another one than
// the wanted, their rate, and the begin, end and time of each image. The reader reads
// ffmpeg's own NUT only: versions 3 and 4, from the start, without seeking. The writer gives
// each stream a clock of its own, on which ffmpeg takes every time exactly.
//
// Names and layout are those of the specification, "NUT Open Container Format",
// at https://ffmpeg.org/~michael/nut.txt.
package nut
