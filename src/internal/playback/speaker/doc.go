// Package speaker is the machine's loudspeakers. What sound systems do, and do not
// tell, stands at package soundsystem.
package speaker
