package rclgo

import "sync"

// creation serialises the creation and destruction of everything that rcl
// makes, in all contexts. rcl documents its init and fini functions as not
// thread-safe: they share the context's entity tables and graph, the process-wide
// state of logging with its table of /rosout publishers, and environment
// variables. Creation is rare, so one lock for all is simpler than finding out
// which middleware needs which.
//
// It is held for single C functions only, never while waiting for anything.
var creation sync.Mutex
