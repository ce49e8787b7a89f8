#ifndef RCLEXT_STATEMACHINE_H
#define RCLEXT_STATEMACHINE_H

#include <rcl_lifecycle/rcl_lifecycle.h>

// Initializes a state machine without services. From Lyrical on it keeps clock, by which it
// stamps transitions; before, nothing does.
rcl_ret_t rclext_state_machine_init(
  rcl_lifecycle_state_machine_t * state_machine, rcl_node_t * node, rcl_clock_t * clock,
  const rosidl_message_type_support_t * events,
  const rcl_lifecycle_state_machine_options_t * options);

#endif
