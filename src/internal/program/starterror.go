package program

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"av_capture/src/internal/param"
	_ "av_capture/src/internal/rclext" // its watch on rcl's constructor

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// StartError turns an error of making a context, a node or a part of a node into a
// [param.ConfigurationError] that names the cure, if arguments or environment caused it.
// It returns other errors, and nil, as they are. rcl finds such errors when the first node
// is made, or a topic.
func StartError(err error) error {
	cure := startCure(err)
	if cure == "" {
		return err
	}
	return param.Misconfigured("%w; %s", err, cure)
}

// startCure returns advice on an error that the user can remove, else "".
func startCure(err error) string {
	switch {
	case isA[*rclgo.NodeInvalidName](err):
		return "change the name that -r __node or --nodes gives: letters, digits and _, not beginning with a digit, as in -r __node:=front"
	case isA[*rclgo.NodeInvalidNamespace](err):
		return "change the namespace that -r __ns gives: / before each part and none at the end, as in -r __ns:=/robot/head"
	case isA[*rclgo.TopicNameInvalid](err), isA[*rclgo.ServiceNameInvalid](err), isA[*rclgo.UnknownSubstitution](err):
		return "change the names that -r gives to this topic, the node or its namespace"
	case !isA[*rclgo.RmwError](err):
		return ""
	}
	if peer, bad := impossiblePeer(); bad && strings.Contains(err.Error(), peer) {
		return fmt.Sprintf("ROS_STATIC_PEERS names %q, which is neither a host nor an address: want some of these, separated by ;", peer)
	}
	if securityIsOn() && !strings.Contains(err.Error(), "ROS_DOMAIN_ID") {
		return securityCure(err.Error())
	}
	return ""
}

// host matches names of hosts and addresses. Such a name may be resolved later: that it
// cannot be now is a fault.
var host = regexp.MustCompile(`^[A-Za-z0-9._:%-]+$`)

// impossiblePeer returns the first of ROS_STATIC_PEERS that can be no host's.
func impossiblePeer() (peer string, bad bool) {
	for peer := range strings.SplitSeq(os.Getenv("ROS_STATIC_PEERS"), ";") {
		if peer != "" && !host.MatchString(peer) {
			return peer, true
		}
	}
	return "", false
}

// isA reports whether err wraps an error of a type.
func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// securityIsOn reports whether rcl looks for keys. It knows this word alone.
func securityIsOn() bool { return os.Getenv("ROS_SECURITY_ENABLE") == "true" }

// securityCure returns advice after rcl or the middleware failed with this text while
// security is on.
func securityCure(text string) string {
	keystore := os.Getenv("ROS_SECURITY_KEYSTORE")
	switch {
	case strings.Contains(text, "security libraries"):
		return "ROS_SECURITY_ENABLE is true, but this build of the middleware has no security: take one that has, such as that of ROS's Debian packages, or unset ROS_SECURITY_ENABLE"
	case keystore == "":
		return "ROS_SECURITY_ENABLE is true, but ROS_SECURITY_KEYSTORE is not set: set it to the folder of the keys, or unset ROS_SECURITY_ENABLE"
	}
	enclave := "the enclave that --enclave names (/ by default)"
	if name := os.Getenv("ROS_SECURITY_ENCLAVE_OVERRIDE"); name != "" {
		enclave = fmt.Sprintf("the enclave of ROS_SECURITY_ENCLAVE_OVERRIDE, %q", name)
	}
	return fmt.Sprintf("ROS_SECURITY_ENABLE is true: look for %s in ROS_SECURITY_KEYSTORE, %q, which has to hold its keys (ros2 security create_enclave), or unset ROS_SECURITY_ENABLE", enclave, keystore)
}
