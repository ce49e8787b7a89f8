// Package microphone is the source of sound of the machine's microphones, in a
// format that is negotiated with the device. What sound systems do, and do not
// tell, stands at package soundsystem.
package microphone
