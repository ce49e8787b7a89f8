// Package primitives converts the primitive types of ROS interfaces between Go
// and rosidl_runtime_c. Generated bindings call it.
//
// Names are rosidl's, X__Sequence_to_C and so on, so that bindings can be
// generated without a table of exceptions. Functions that convert to C expect an
// initialised destination and overwrite or free its content; the results of
// functions that convert to Go share no memory with their source. They panic with
// [NoArray] if a sequence of numbers holds something else than an array.
package primitives
