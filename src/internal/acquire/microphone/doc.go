// Package microphone is the source of sound from the machine's microphones, in a format that
// is negotiated with the device. Package soundsystem has the peculiarities of sound systems.
package microphone
