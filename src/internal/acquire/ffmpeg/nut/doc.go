// Package nut reads the one video stream that ffmpeg writes on a pipe in its
// container NUT.
//
// NUT tells what raw video on a pipe does not: the size of the images, which is
// the input's and not always the one that was asked for, their rate, where each
// image begins and ends, and the time of each. Only what ffmpeg writes is read:
// versions 3 and 4, from the start, without seeking.
//
// Names and layout are those of the specification, "NUT Open Container Format",
// at https://ffmpeg.org/~michael/nut.txt.
package nut
