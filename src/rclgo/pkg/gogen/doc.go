// Package gogen generates Go bindings for the messages and services of ROS
// packages.
//
// It reads the .msg and .srv files that rosidl reads, in the same meaning, and
// writes Go code that converts between Go structs and the C structs that rosidl
// generates from these files. The generated code uses of rclgo only the
// exported names of pkg/rclgo and its packages types, typemap and primitives.
// It names neither folder nor library: CGO_CFLAGS and CGO_LDFLAGS of the build
// lead to headers and libraries.
//
// The format is described in
// https://docs.ros.org/en/rolling/Concepts/Basic/About-Interfaces.html.
package gogen
