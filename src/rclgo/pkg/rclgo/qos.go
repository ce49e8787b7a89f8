package rclgo

/*
#include <rmw/types.h>
*/
import "C"

import "time"

// HistoryPolicy selects the messages that are kept.
type HistoryPolicy int

// The history policies.
const (
	HistorySystemDefault HistoryPolicy = iota
	HistoryKeepLast                    // the last Depth ones
	HistoryKeepAll                     // all, within the middleware's limits
	HistoryUnknown
)

// ReliabilityPolicy selects reliable delivery, or best effort: messages may get
// lost on the way.
type ReliabilityPolicy int

// The reliability policies.
const (
	ReliabilitySystemDefault ReliabilityPolicy = iota
	ReliabilityReliable
	ReliabilityBestEffort
	ReliabilityUnknown
	ReliabilityBestAvailable // the one that matches the endpoints that are there
)

// DurabilityPolicy selects the earlier messages that late subscribers get: the kept
// ones, or none.
type DurabilityPolicy int

// The durability policies.
const (
	DurabilitySystemDefault DurabilityPolicy = iota
	DurabilityTransientLocal
	DurabilityVolatile
	DurabilityUnknown
	DurabilityBestAvailable // the one that matches the endpoints that are there
)

// LivelinessPolicy selects a publisher's sign of life.
type LivelinessPolicy int

// The liveliness policies.
const (
	LivelinessSystemDefault LivelinessPolicy = iota
	LivelinessAutomatic
	_ // manual by node, which ROS has given up
	LivelinessManualByTopic
	LivelinessUnknown
	LivelinessBestAvailable // the one that matches the endpoints that are there
)

// Durations with a meaning of their own.
const (
	DurationInfinite    = 9223372036*time.Second + 854775807*time.Nanosecond
	DurationUnspecified = time.Duration(0)
)

// Defaults of the durations of a QosProfile.
const (
	DeadlineDefault                = DurationUnspecified
	LifespanDefault                = DurationUnspecified
	LivelinessLeaseDurationDefault = DurationUnspecified
)

// QosProfile is the quality of service of a publisher, subscription, service or
// client.
type QosProfile struct {
	History                      HistoryPolicy     `yaml:"history"`
	Depth                        int               `yaml:"depth"` // messages that HistoryKeepLast keeps
	Reliability                  ReliabilityPolicy `yaml:"reliability"`
	Durability                   DurabilityPolicy  `yaml:"durability"`
	Deadline                     time.Duration     `yaml:"deadline"` // longest time between two messages
	Lifespan                     time.Duration     `yaml:"lifespan"` // age at which a message expires
	Liveliness                   LivelinessPolicy  `yaml:"liveliness"`
	LivelinessLeaseDuration      time.Duration     `yaml:"liveliness_lease_duration"` // longest time between two signs of life
	AvoidRosNamespaceConventions bool              `yaml:"avoid_ros_namespace_conventions"`
}

// NewDefaultQosProfile returns ROS's default for topics: reliable, volatile, keep
// the last 10.
func NewDefaultQosProfile() QosProfile {
	return QosProfile{
		History:                 HistoryKeepLast,
		Depth:                   10,
		Reliability:             ReliabilityReliable,
		Durability:              DurabilityVolatile,
		Deadline:                DeadlineDefault,
		Lifespan:                LifespanDefault,
		Liveliness:              LivelinessSystemDefault,
		LivelinessLeaseDuration: LivelinessLeaseDurationDefault,
	}
}

// NewDefaultServiceQosProfile returns ROS's default for services: reliable,
// volatile, keep the last 10.
func NewDefaultServiceQosProfile() QosProfile {
	return NewDefaultQosProfile()
}

// toC writes the profile to c, or returns an error for an invalid one.
func (p *QosProfile) toC(c *C.rmw_qos_profile_t, operation string, args ...any) error {
	for _, field := range []struct {
		name  string
		value int64
	}{
		{"depth", int64(p.Depth)},
		{"deadline", int64(p.Deadline)},
		{"lifespan", int64(p.Lifespan)},
		{"liveliness lease duration", int64(p.LivelinessLeaseDuration)},
	} {
		if field.value < 0 {
			return codeError(C.RMW_RET_INVALID_ARGUMENT, "quality of service: "+field.name+" is negative", operation, args...)
		}
	}
	c.history = C.enum_rmw_qos_history_policy_e(p.History)
	c.depth = C.size_t(p.Depth)
	c.reliability = C.enum_rmw_qos_reliability_policy_e(p.Reliability)
	c.durability = C.enum_rmw_qos_durability_policy_e(p.Durability)
	c.deadline = durationToC(p.Deadline)
	c.lifespan = durationToC(p.Lifespan)
	c.liveliness = C.enum_rmw_qos_liveliness_policy_e(p.Liveliness)
	c.liveliness_lease_duration = durationToC(p.LivelinessLeaseDuration)
	c.avoid_ros_namespace_conventions = C.bool(p.AvoidRosNamespaceConventions)
	return nil
}

// fromC reads the profile from c.
func (p *QosProfile) fromC(c *C.rmw_qos_profile_t) {
	*p = QosProfile{
		History:                      HistoryPolicy(c.history),
		Depth:                        int(c.depth),
		Reliability:                  ReliabilityPolicy(c.reliability),
		Durability:                   DurabilityPolicy(c.durability),
		Deadline:                     durationToGo(c.deadline),
		Lifespan:                     durationToGo(c.lifespan),
		Liveliness:                   LivelinessPolicy(c.liveliness),
		LivelinessLeaseDuration:      durationToGo(c.liveliness_lease_duration),
		AvoidRosNamespaceConventions: bool(c.avoid_ros_namespace_conventions),
	}
}

func durationToC(d time.Duration) C.struct_rmw_time_s {
	return C.struct_rmw_time_s{sec: C.uint64_t(d / time.Second), nsec: C.uint64_t(d % time.Second)}
}

// durationToGo saturates at DurationInfinite.
func durationToGo(t C.struct_rmw_time_s) time.Duration {
	const infinite = uint64(DurationInfinite)
	sec, nsec := uint64(t.sec), uint64(t.nsec)
	if sec > infinite/uint64(time.Second) || nsec > infinite-sec*uint64(time.Second) {
		return DurationInfinite
	}
	return time.Duration(sec*uint64(time.Second) + nsec)
}
