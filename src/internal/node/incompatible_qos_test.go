package node

import (
	"strings"
	"testing"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// TestSubscriberIsNamedWhenItsNodeIsKnown: a subscription is often discovered before
// the node that it belongs to.
func TestSubscriberIsNamedWhenItsNodeIsKnown(t *testing.T) {
	fresh := func() *incompatibleQoS {
		return &incompatibleQoS{
			topic: &Topic{Name: "~/image_raw", full: "/camera/image_raw"}, publisher: &rclgo.Publisher{TopicName: "/camera/image_raw"},
			qos: rclgo.QosProfile{Reliability: rclgo.ReliabilityBestEffort}, warned: map[string]bool{}, checks: nameChecks,
		}
	}
	reliable := rclgo.QosProfile{Reliability: rclgo.ReliabilityReliable}
	unknown := []rclgo.TopicEndpointInfo{{NodeName: unknownNode, NodeNamespace: "_NODE_NAMESPACE_UNKNOWN_", QosProfile: reliable, EndpointGID: rclgo.GID{7}}}
	known := []rclgo.TopicEndpointInfo{{NodeName: "viewer", NodeNamespace: "/", QosProfile: reliable, EndpointGID: rclgo.GID{7}}}
	check := func(q *incompatibleQoS, endpoints []rclgo.TopicEndpointInfo) string {
		q.checks--
		return strings.Join(q.explain(reliabilityPolicy, endpoints), "; ")
	}
	q := fresh()
	if got := check(q, unknown); got != "" {
		t.Errorf("at first it says %q", got)
	}
	if got := check(q, known); !strings.Contains(got, "subscriber /viewer asks for reliability") {
		t.Errorf("with the name it says %q", got)
	}
	if q.checks != 0 {
		t.Errorf("waits %d checks more, though all have names", q.checks)
	}
	q = fresh()
	for range nameChecks - 1 {
		if got := check(q, unknown); got != "" {
			t.Errorf("it says %q before it gives up", got)
		}
	}
	if got := check(q, unknown); !strings.Contains(got, "a subscriber of a node not discovered yet asks for") || strings.Contains(got, "UNKNOWN") {
		t.Errorf("in the end it says %q", got)
	}
}
