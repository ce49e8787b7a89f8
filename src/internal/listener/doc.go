// Package listener is what the programs that listen to sound share: their start
// and end, the subscription to a topic of av_capture/AudioData, and what the
// numbers in its messages say of the sound between them.
package listener
