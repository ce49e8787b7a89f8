// Package wav reads the headers of WAV files, and writes files that grow for hours and
// are readable even if their writer is killed.
//
// It supports RIFF WAVE, with the plain and the extensible form of the format chunk
// (Microsoft, "Multiple channel audio data and WAVE files", 2001), and RF64 or BW64 for
// files past 4 GiB (EBU Tech 3306; ITU-R BS.2088-1). It passes the bytes of samples
// through. Other Go libraries convert samples to integers, do not read 32-bit floating
// point in the extensible form, write lengths of 32 bits only, and only on closing.
package wav
