// Package override reads the user's parameters for the nodes of the process, from parameter
// files and arguments, by rcl's own parser (package rclext). It needs no ROS context, and works
// before there is one.
package override
