// Package override reads what the user gave for the parameters of the process's
// nodes, by rcl's own parser of arguments and of parameter files.
//
// It stands on rcl's C interface alone, with no ROS context and no client
// library in Go: it works before the context is made, and whichever rclgo is
// used.
package override
