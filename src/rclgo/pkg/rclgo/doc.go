// Package rclgo is a ROS 2 client library on top of rcl.
//
// # Threads and goroutines
//
// All functions and methods may be called from any goroutine at any time, also
// from callbacks, except where their documentation forbids it. Callbacks run one
// after the other on the goroutine that called Spin or WaitSet.Run, which is
// locked to its thread for as long: one executor is one thread.
//
// # Ownership
//
// A Context owns its nodes, timers, clocks and wait sets, a Node its
// publishers, subscriptions, services and clients. The Close of an owner closes
// these too. A second Close, or one after the owner's, does nothing and returns
// nil. Close waits for calls and callbacks that use the object. Inside a callback
// Close returns at once, and the rest happens when the callback has returned.
// Nothing is left to finalizers.
//
// # Errors
//
// An error of rcl is a pointer to the type that is named after rcl's return code,
// *TopicNameInvalid say, and carries rcl's own text. Calls on a closed object
// return the type that rcl has for an invalid one, *PublisherInvalid say; for a
// Context it is *AlreadyShutdown.
package rclgo
