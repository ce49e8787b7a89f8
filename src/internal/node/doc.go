// Package node holds the two nodes, camera and microphone: what they publish,
// how they keep their source alive, and what both share.
//
// A node is made with its parameters, then Run captures and spins until its
// context ends, then Close gives everything back. Which concrete source a node
// captures from is decided by the function that main hands in.
package node
