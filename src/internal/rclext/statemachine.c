#include "statemachine.h"

typedef const rosidl_service_type_support_t * service;
typedef const rosidl_message_type_support_t * message;
typedef const rcl_lifecycle_state_machine_options_t * options_of;

// rcl_lifecycle_state_machine_init up to Kilted, and from Lyrical on.
typedef rcl_ret_t (* without_clock)(
  rcl_lifecycle_state_machine_t *, rcl_node_t *,
  message, service, service, service, service, service, options_of);
typedef rcl_ret_t (* with_clock)(
  rcl_lifecycle_state_machine_t *, rcl_node_t *, rcl_clock_t *,
  message, service, service, service, service, service, options_of);

typedef void (* any)(void);

static rcl_ret_t init_without_clock(
  any init, rcl_lifecycle_state_machine_t * state_machine, rcl_node_t * node, rcl_clock_t * clock,
  message events, options_of options)
{
  (void)clock;
  return ((without_clock)init)(
    state_machine, node, events, NULL, NULL, NULL, NULL, NULL, options);
}

static rcl_ret_t init_with_clock(
  any init, rcl_lifecycle_state_machine_t * state_machine, rcl_node_t * node, rcl_clock_t * clock,
  message events, options_of options)
{
  return ((with_clock)init)(
    state_machine, node, clock, events, NULL, NULL, NULL, NULL, NULL, options);
}

// rcl_lifecycle has no macro of its version: the type of its function tells.
rcl_ret_t rclext_state_machine_init(
  rcl_lifecycle_state_machine_t * state_machine, rcl_node_t * node, rcl_clock_t * clock,
  message events, options_of options)
{
  return _Generic(
    &rcl_lifecycle_state_machine_init,
    without_clock: init_without_clock,
    with_clock: init_with_clock)(
    (any)rcl_lifecycle_state_machine_init, state_machine, node, clock, events, options);
}
