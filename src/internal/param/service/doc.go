// Package service serves a node's parameters to the rest of the ROS graph: the
// six services of rcl_interfaces and the topic /parameter_events, as a node of
// rclcpp does that allows no undeclared parameters.
//
// Two sets of values are kept: what was asked for, on which the next change
// builds, and what is in force, which is what clients get. They differ where a
// device has taken something near to what it was asked for.
//
// Queries are answered on the executor's thread. A change is carried out by
// the function that the node hands in, which may open a device and take long:
// changes run one after another on goroutines of their own, and each is
// answered within [Limit].
package service
