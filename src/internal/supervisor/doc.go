// Package supervisor keeps a source running: it opens the source, tries again when that
// fails, replaces it by another, and turns it off and on. It leaves hanging calls behind, such
// as an opening that a driver blocks. It knows nothing of ROS, and is the only package that
// retries sources. Loudspeakers are retried by package playback, which has pauses of its own
// for that.
package supervisor
