// Package topics hands topics of the ROS graph to the feeds of a [view.Hub]: images as JPEG,
// sound as published, statuses of /diagnostics in words. Each topic that somebody shows has
// a subscription, a wait set and a thread of its own, so that large images do not delay
// sound; a topic that nobody shows has none.
package topics
