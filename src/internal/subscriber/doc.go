// Package subscriber listens to a topic of av_capture/AudioData for programs with one node:
// the node, its subscription, and the order of the sound in its messages.
package subscriber
