// Package soundfile is a source of the sound of a file: of a WAV file by package wavfile, byte
// for byte, and of films and all other files by package ffmpeg.
package soundfile
