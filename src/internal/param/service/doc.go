// Package service serves a node's parameters to the rest of the ROS graph: the
// six services of rcl_interfaces and the topic /parameter_events, as a node of
// rclcpp does that allows no undeclared parameters.
//
// It keeps two sets of values: the requested ones, on which the next change builds, and those
// in force, which clients get. They differ where a device took a value near the requested one.
//
// Queries are answered on the executor's thread. A change is applied by the node's [Backend],
// which may open a device and take long: changes run one after another on goroutines of their
// own, and each is answered within [Limit].
package service
