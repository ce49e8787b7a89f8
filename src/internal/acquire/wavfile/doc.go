// Package wavfile is a source of sound that plays a WAV file at its own rate,
// as a sound card would: its periods come in real time.
//
// It reads RIFF WAVE files of uncompressed samples, the plain and the
// extensible form of the format chunk (Microsoft, "Multiple channel audio data
// and WAVE files", 2001). The samples go out as the bytes that they are in the
// file, which is why there is a reader of our own: those of libraries convert
// to integers, and do not know 32-bit floating point in the extensible form.
package wavfile
