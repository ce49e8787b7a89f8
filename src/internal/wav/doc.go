// Package wav knows the format of WAV files: it reads their header, and writes
// files that grow for hours and survive the end of their writer.
//
// The formats are RIFF WAVE, with the plain and the extensible form of the
// format chunk (Microsoft, "Multiple channel audio data and WAVE files", 2001),
// and RF64 or BW64 for files past 4 GiB (EBU Tech 3306; ITU-R BS.2088-1).
// Samples are the bytes that they are in the file. That is why there is a
// package of our own: the libraries that there are convert samples to integers,
// do not know 32-bit floating point in the extensible form, write sizes of 32
// bits only, and write them when the file is closed.
package wav
