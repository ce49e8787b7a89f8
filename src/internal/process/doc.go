// Package process sets what Linux and the C library let a process choose for itself:
// its timer slack, the priority of its threads, and memory that is taken in advance.
//
// Importing it sets the timer slack of all threads, and has them share one arena of
// malloc: both must be said before Go starts a thread.
package process
