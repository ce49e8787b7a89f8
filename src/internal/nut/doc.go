// Package nut reads a single video stream that ffmpeg writes to a pipe in its container NUT.
//
// Unlike raw video on a pipe, NUT has the size of the images, which may be another one than
// the wanted, their rate, and the begin, end and time of each image. The package reads
// ffmpeg's own NUT only: versions 3 and 4, from the start, without seeking.
//
// Names and layout are those of the specification, "NUT Open Container Format",
// at https://ffmpeg.org/~michael/nut.txt.
package nut
