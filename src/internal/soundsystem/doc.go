// Package soundsystem opens the machine's microphones and loudspeakers, by miniaudio
// (github.com/gen2brain/malgo). No other package imports that.
//
// miniaudio reports neither the time of a period nor the size of a loss: an overrun is a line
// in its log, and a PulseAudio server drops sound for a stopped client without any. A device
// that vanishes may just fall silent: the callbacks stop without an error. [Stream.Watch]
// therefore watches the age of the last callback, and after a loss everything is made anew
// by the supervisor's next Open, miniaudio's context included.
//
// miniaudio also has a backend that makes silence without a sound system. It is not used
// here: silence must come from a microphone.
package soundsystem
