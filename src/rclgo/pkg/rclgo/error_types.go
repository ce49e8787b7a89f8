package rclgo

/*
#include <rcl/types.h>
#include <rmw/ret_types.h>
*/
import "C"

// Types of errors, one for each return code of rcl. They are returned as
// pointers: errors.As takes a **TopicNameInvalid.
type (
	// RmwError reports anything that has no code of its own (RCL_RET_ERROR).
	RmwError struct{ rclError }

	// RmwTimeout reports an operation that took longer than allowed (RCL_RET_TIMEOUT).
	RmwTimeout struct{ rclError }

	// RmwUnsupported reports an operation that the middleware lacks (RCL_RET_UNSUPPORTED).
	RmwUnsupported struct{ rclError }

	// RmwBadAlloc reports an allocation that failed (RCL_RET_BAD_ALLOC).
	RmwBadAlloc struct{ rclError }

	// RmwInvalidArgument reports an argument that the function does not take (RCL_RET_INVALID_ARGUMENT).
	RmwInvalidArgument struct{ rclError }

	// AlreadyInit reports a second initialization (RCL_RET_ALREADY_INIT).
	AlreadyInit struct{ rclError }

	// NotInit reports use before Init or NewContext (RCL_RET_NOT_INIT).
	NotInit struct{ rclError }

	// MismatchedRmwId reports things of different middleware implementations (RCL_RET_MISMATCHED_RMW_ID).
	MismatchedRmwId struct{ rclError }

	// TopicNameInvalid reports a topic name against the rules (RCL_RET_TOPIC_NAME_INVALID).
	TopicNameInvalid struct{ rclError }

	// ServiceNameInvalid reports a service name against the rules (RCL_RET_SERVICE_NAME_INVALID).
	ServiceNameInvalid struct{ rclError }

	// UnknownSubstitution reports a {substitution} that is not defined (RCL_RET_UNKNOWN_SUBSTITUTION).
	UnknownSubstitution struct{ rclError }

	// AlreadyShutdown reports use of a Context after its Close (RCL_RET_ALREADY_SHUTDOWN).
	AlreadyShutdown struct{ rclError }

	// NotFound reports a resource that does not exist (RCL_RET_NOT_FOUND).
	NotFound struct{ rclError }

	// NodeInvalid reports use of a Node after its Close (RCL_RET_NODE_INVALID).
	NodeInvalid struct{ rclError }

	// NodeInvalidName reports a node name against the rules (RCL_RET_NODE_INVALID_NAME).
	NodeInvalidName struct{ rclError }

	// NodeInvalidNamespace reports a namespace against the rules (RCL_RET_NODE_INVALID_NAMESPACE).
	NodeInvalidNamespace struct{ rclError }

	// NodeNameNonExistent reports the name of a node that is not in the graph (RCL_RET_NODE_NAME_NON_EXISTENT).
	NodeNameNonExistent struct{ rclError }

	// PublisherInvalid reports use of a Publisher after its Close (RCL_RET_PUBLISHER_INVALID).
	PublisherInvalid struct{ rclError }

	// SubscriptionInvalid reports use of a Subscription after its Close (RCL_RET_SUBSCRIPTION_INVALID).
	SubscriptionInvalid struct{ rclError }

	// SubscriptionTakeFailed reports a take that found no message (RCL_RET_SUBSCRIPTION_TAKE_FAILED).
	SubscriptionTakeFailed struct{ rclError }

	// ClientInvalid reports use of a Client after its Close (RCL_RET_CLIENT_INVALID).
	ClientInvalid struct{ rclError }

	// ClientTakeFailed reports a take that found no response (RCL_RET_CLIENT_TAKE_FAILED).
	ClientTakeFailed struct{ rclError }

	// ServiceInvalid reports use of a Service after its Close (RCL_RET_SERVICE_INVALID).
	ServiceInvalid struct{ rclError }

	// ServiceTakeFailed reports a take that found no request (RCL_RET_SERVICE_TAKE_FAILED).
	ServiceTakeFailed struct{ rclError }

	// TimerInvalid reports use of a Timer after its Close (RCL_RET_TIMER_INVALID).
	TimerInvalid struct{ rclError }

	// TimerCanceled reports a call of a canceled timer (RCL_RET_TIMER_CANCELED).
	TimerCanceled struct{ rclError }

	// WaitSetInvalid reports use of a WaitSet after its Close (RCL_RET_WAIT_SET_INVALID).
	WaitSetInvalid struct{ rclError }

	// WaitSetEmpty reports a wait for nothing (RCL_RET_WAIT_SET_EMPTY).
	WaitSetEmpty struct{ rclError }

	// WaitSetFull reports one thing too many in a wait set (RCL_RET_WAIT_SET_FULL).
	WaitSetFull struct{ rclError }

	// InvalidRemapRule reports a -r that is not a rule (RCL_RET_INVALID_REMAP_RULE).
	InvalidRemapRule struct{ rclError }

	// WrongLexeme reports an argument that does not follow the grammar (RCL_RET_WRONG_LEXEME).
	WrongLexeme struct{ rclError }

	// InvalidRosArgs reports anything but a ROS argument after --ros-args (RCL_RET_INVALID_ROS_ARGS).
	InvalidRosArgs struct{ rclError }

	// InvalidParamRule reports a -p that is not a rule (RCL_RET_INVALID_PARAM_RULE).
	InvalidParamRule struct{ rclError }

	// InvalidLogLevelRule reports a --log-level that is not a rule (RCL_RET_INVALID_LOG_LEVEL_RULE).
	InvalidLogLevelRule struct{ rclError }

	// EventInvalid reports an event that is not initialized (RCL_RET_EVENT_INVALID).
	EventInvalid struct{ rclError }

	// EventTakeFailed reports a take that found no event (RCL_RET_EVENT_TAKE_FAILED).
	EventTakeFailed struct{ rclError }

	// LifecycleStateRegistered reports a lifecycle state that is there already (RCL_RET_LIFECYCLE_STATE_REGISTERED).
	LifecycleStateRegistered struct{ rclError }

	// LifecycleStateNotRegistered reports a lifecycle state that is not there (RCL_RET_LIFECYCLE_STATE_NOT_REGISTERED).
	LifecycleStateNotRegistered struct{ rclError }

	// UnknownReturnCode reports a return code that this package does not know.
	UnknownReturnCode struct{ rclError }
)

// Names that rcl gives to codes of rmw.
type (
	// Error is RmwError.
	Error = RmwError

	// Timeout is RmwTimeout.
	Timeout = RmwTimeout

	// Unsupported is RmwUnsupported.
	Unsupported = RmwUnsupported

	// BadAlloc is RmwBadAlloc.
	BadAlloc = RmwBadAlloc

	// InvalidArgument is RmwInvalidArgument.
	InvalidArgument = RmwInvalidArgument

	// RmwNodeNameNonExistent is NodeNameNonExistent: the code is the same.
	RmwNodeNameNonExistent = NodeNameNonExistent
)

// errorKinds holds, for each return code, its meaning in words and its type.
var errorKinds = map[C.rcl_ret_t]struct {
	meaning string
	typed   func(rclError) error
}{
	C.RCL_RET_ERROR:                          {"failed", func(e rclError) error { return &RmwError{e} }},
	C.RCL_RET_TIMEOUT:                        {"timed out", func(e rclError) error { return &RmwTimeout{e} }},
	C.RCL_RET_UNSUPPORTED:                    {"not supported by the middleware", func(e rclError) error { return &RmwUnsupported{e} }},
	C.RCL_RET_BAD_ALLOC:                      {"out of memory", func(e rclError) error { return &RmwBadAlloc{e} }},
	C.RCL_RET_INVALID_ARGUMENT:               {"invalid argument", func(e rclError) error { return &RmwInvalidArgument{e} }},
	C.RCL_RET_ALREADY_INIT:                   {"already initialized", func(e rclError) error { return &AlreadyInit{e} }},
	C.RCL_RET_NOT_INIT:                       {"not initialized", func(e rclError) error { return &NotInit{e} }},
	C.RCL_RET_MISMATCHED_RMW_ID:              {"made by another middleware implementation", func(e rclError) error { return &MismatchedRmwId{e} }},
	C.RMW_RET_INCORRECT_RMW_IMPLEMENTATION:   {"made by another middleware implementation", func(e rclError) error { return &MismatchedRmwId{e} }},
	C.RCL_RET_TOPIC_NAME_INVALID:             {"invalid topic name", func(e rclError) error { return &TopicNameInvalid{e} }},
	C.RCL_RET_SERVICE_NAME_INVALID:           {"invalid service name", func(e rclError) error { return &ServiceNameInvalid{e} }},
	C.RCL_RET_UNKNOWN_SUBSTITUTION:           {"unknown substitution in a topic name", func(e rclError) error { return &UnknownSubstitution{e} }},
	C.RCL_RET_ALREADY_SHUTDOWN:               {"context is closed", func(e rclError) error { return &AlreadyShutdown{e} }},
	C.RCL_RET_NOT_FOUND:                      {"not found", func(e rclError) error { return &NotFound{e} }},
	C.RCL_RET_NODE_INVALID:                   {"node is closed", func(e rclError) error { return &NodeInvalid{e} }},
	C.RCL_RET_NODE_INVALID_NAME:              {"invalid node name", func(e rclError) error { return &NodeInvalidName{e} }},
	C.RCL_RET_NODE_INVALID_NAMESPACE:         {"invalid node namespace", func(e rclError) error { return &NodeInvalidNamespace{e} }},
	C.RCL_RET_NODE_NAME_NON_EXISTENT:         {"no such node", func(e rclError) error { return &NodeNameNonExistent{e} }},
	C.RCL_RET_PUBLISHER_INVALID:              {"publisher is closed", func(e rclError) error { return &PublisherInvalid{e} }},
	C.RCL_RET_SUBSCRIPTION_INVALID:           {"subscription is closed", func(e rclError) error { return &SubscriptionInvalid{e} }},
	C.RCL_RET_SUBSCRIPTION_TAKE_FAILED:       {"no message to take", func(e rclError) error { return &SubscriptionTakeFailed{e} }},
	C.RCL_RET_CLIENT_INVALID:                 {"client is closed", func(e rclError) error { return &ClientInvalid{e} }},
	C.RCL_RET_CLIENT_TAKE_FAILED:             {"no response to take", func(e rclError) error { return &ClientTakeFailed{e} }},
	C.RCL_RET_SERVICE_INVALID:                {"service is closed", func(e rclError) error { return &ServiceInvalid{e} }},
	C.RCL_RET_SERVICE_TAKE_FAILED:            {"no request to take", func(e rclError) error { return &ServiceTakeFailed{e} }},
	C.RCL_RET_TIMER_INVALID:                  {"timer is closed", func(e rclError) error { return &TimerInvalid{e} }},
	C.RCL_RET_TIMER_CANCELED:                 {"timer is canceled", func(e rclError) error { return &TimerCanceled{e} }},
	C.RCL_RET_WAIT_SET_INVALID:               {"wait set is closed", func(e rclError) error { return &WaitSetInvalid{e} }},
	C.RCL_RET_WAIT_SET_EMPTY:                 {"wait set is empty", func(e rclError) error { return &WaitSetEmpty{e} }},
	C.RCL_RET_WAIT_SET_FULL:                  {"wait set is full", func(e rclError) error { return &WaitSetFull{e} }},
	C.RCL_RET_INVALID_REMAP_RULE:             {"invalid remap rule", func(e rclError) error { return &InvalidRemapRule{e} }},
	C.RCL_RET_WRONG_LEXEME:                   {"unexpected kind of lexeme", func(e rclError) error { return &WrongLexeme{e} }},
	C.RCL_RET_INVALID_ROS_ARGS:               {"invalid ROS arguments", func(e rclError) error { return &InvalidRosArgs{e} }},
	C.RCL_RET_INVALID_PARAM_RULE:             {"invalid parameter rule", func(e rclError) error { return &InvalidParamRule{e} }},
	C.RCL_RET_INVALID_LOG_LEVEL_RULE:         {"invalid log level rule", func(e rclError) error { return &InvalidLogLevelRule{e} }},
	C.RCL_RET_EVENT_INVALID:                  {"invalid event", func(e rclError) error { return &EventInvalid{e} }},
	C.RCL_RET_EVENT_TAKE_FAILED:              {"no event to take", func(e rclError) error { return &EventTakeFailed{e} }},
	C.RCL_RET_LIFECYCLE_STATE_REGISTERED:     {"lifecycle state is registered", func(e rclError) error { return &LifecycleStateRegistered{e} }},
	C.RCL_RET_LIFECYCLE_STATE_NOT_REGISTERED: {"lifecycle state is not registered", func(e rclError) error { return &LifecycleStateNotRegistered{e} }},
}
