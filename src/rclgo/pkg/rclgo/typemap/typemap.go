// Package typemap finds type supports by the names of their ROS types.
//
// Generated bindings register themselves from init functions, each under
// "std_msgs/Header" and "std_msgs/msg/Header".
package typemap

import (
	"fmt"
	"sync"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

var (
	mu       sync.RWMutex
	messages = map[string]types.MessageTypeSupport{}
	services = map[string]types.ServiceTypeSupport{}
)

// RegisterMessage makes msgType known as alias. A later registration of the
// same alias replaces the earlier one.
func RegisterMessage(alias string, msgType types.MessageTypeSupport) {
	mu.Lock()
	defer mu.Unlock()
	messages[alias] = msgType
}

// GetMessage returns the type support registered as msgType,
// "std_msgs/ColorRGBA" say, and reports whether there is one.
func GetMessage(msgType string) (types.MessageTypeSupport, bool) {
	mu.RLock()
	defer mu.RUnlock()
	ts, ok := messages[msgType]
	return ts, ok
}

// GetMessageMust is GetMessage, but panics if msgType is not registered.
func GetMessageMust(msgType string) types.MessageTypeSupport {
	ts, ok := GetMessage(msgType)
	if !ok {
		panic(fmt.Sprintf("typemap: no message type %q: import the package of its bindings", msgType))
	}
	return ts
}

// RegisterService is RegisterMessage for services.
func RegisterService(alias string, srvType types.ServiceTypeSupport) {
	mu.Lock()
	defer mu.Unlock()
	services[alias] = srvType
}

// GetService is GetMessage for services.
func GetService(srvType string) (types.ServiceTypeSupport, bool) {
	mu.RLock()
	defer mu.RUnlock()
	ts, ok := services[srvType]
	return ts, ok
}

// GetServiceMust is GetMessageMust for services.
func GetServiceMust(srvType string) types.ServiceTypeSupport {
	ts, ok := GetService(srvType)
	if !ok {
		panic(fmt.Sprintf("typemap: no service type %q: import the package of its bindings", srvType))
	}
	return ts
}
