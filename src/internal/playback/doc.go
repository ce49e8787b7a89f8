// Package playback plays blocks of sound that come when they come on a device
// that asks for sound when it likes.
//
// [Player] takes blocks and keeps a device open for them; a [Ring] lies between
// the two. It holds sound by the index of its audio frames, so that what is
// missing between two blocks is silence of just that length, and knows three
// delays: sound waits for a target before it is played, so that a block may be
// late by as much; when it is later than that, the device gets silence and the
// sound waits anew (an underrun); and when the publisher's clock and the device's
// do not run alike, single audio frames are dropped or repeated (see level).
//
// Nothing here knows of a sound system or of ROS. Times are on CLOCK_MONOTONIC.
package playback
