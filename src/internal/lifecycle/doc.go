// Package lifecycle makes a node a managed one: it has rcl_lifecycle's states and transitions,
// which others request by its services, as of a node of rclcpp_lifecycle
// (https://design.ros2.org/articles/node_lifecycle.html).
//
// A [Server] carries a requested transition out by the node's [Callbacks]. It answers once the
// node has reached its next state, and the other services meanwhile with the state between.
package lifecycle
