// Package topics hands topics of the ROS graph to a [film.Recorder]: those that are named, or
// all cameras and microphones that there are. Each has a subscription, a wait set and a thread
// of its own, so that large images do not delay sound.
package topics
