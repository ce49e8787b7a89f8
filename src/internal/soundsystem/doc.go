// Package soundsystem reaches the machine's microphones and loudspeakers, by
// miniaudio (github.com/gen2brain/malgo). Nothing else imports it.
//
// miniaudio tells neither the time of a period nor how much it lost: an overrun
// is a line in its log. What a PulseAudio server dropped for a client that was
// stopped it does not even know. A device that vanishes may simply fall silent:
// the callbacks stop, without an error. [Stream.Watch] therefore watches the age
// of the last callback, and after a loss everything is made anew, miniaudio's
// context included.
//
// miniaudio also has a backend that makes silence where there is no sound
// system. It is never used here: silence must come from a microphone.
package soundsystem
