// Package node is what every node of ours has: the ROS node with its executor,
// parameters, publishers, diagnostics, and the loop that keeps its source alive.
// Packages camera and microphone are the nodes.
//
// A node is made with its parameters, then Run captures and spins until its
// context ends, then Close gives everything back. Which concrete source a node
// captures from is decided by the function that main hands in.
//
// # Threads
//
// Each node has an executor with a thread of its own, for services, parameters
// and the report once a second. It sleeps in rcl_wait without a time limit, so
// that nothing is polled. Images are published on the source's goroutine and
// sound on one that waits for the ring, never on an executor: a slow service
// delays neither. Computing (JPEG, planes, spectra) has a goroutine for each
// topic.
//
// # Garbage collection
//
// GOGC and GOMEMLIMIT are left as they are. Neither an image nor a block
// allocates, so that after the start only the report once a second does: at
// 1920x1080, 30 images/s, with sound and both subscribed to, the collector ran
// twice in the first 0.1 s and not once in the half minute that followed. GOGC
// 50 and 400 changed neither latency nor CPU, and the images are not in Go's
// heap, which a limit would have to know of.
package node
