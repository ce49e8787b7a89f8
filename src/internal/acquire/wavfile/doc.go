// Package wavfile is a source of sound that plays a WAV file in real time, as a sound card
// would. It plays all files that package wav reads, byte for byte.
package wavfile
