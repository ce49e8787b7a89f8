package middleware

import "os"

const (
	discoveryServer = "ROS_DISCOVERY_SERVER"
	superClient     = "ROS_SUPER_CLIENT"
)

// SeeAllTopics has a discovery server of Fast DDS tell this process of all topics, unless the
// user has chosen: by default it tells of those that the process subscribes to or publishes. It
// must be called before ROS starts.
func SeeAllTopics() error {
	if os.Getenv(discoveryServer) == "" || os.Getenv(superClient) != "" {
		return nil
	}
	return os.Setenv(superClient, "TRUE")
}
