package node

import (
	"strings"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// unknownNode is rmw_dds_common's name for the node of an endpoint whose participant
// has not announced its nodes yet.
const unknownNode = "_NODE_NAME_UNKNOWN_"

// EndpointNode returns the full name of an endpoint's node, and false while the
// middleware does not know it.
func EndpointNode(endpoint *rclgo.TopicEndpointInfo) (name string, known bool) {
	if endpoint.NodeName == "" || endpoint.NodeName == unknownNode {
		return "a node not discovered yet", false
	}
	return strings.TrimSuffix(endpoint.NodeNamespace, "/") + "/" + endpoint.NodeName, true
}
