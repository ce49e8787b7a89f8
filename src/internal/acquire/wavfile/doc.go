// Package wavfile is a source of sound that plays a WAV file at its own rate,
// as a sound card would: its periods come in real time. What package wav reads
// it plays, byte for byte.
package wavfile
