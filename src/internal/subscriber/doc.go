// Package subscriber listens to a topic of av_capture/AudioData, to one of images, or to both,
// for programs with one node: the node, its subscriptions, and the order of the sound in its
// messages.
package subscriber
