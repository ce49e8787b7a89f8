package middleware

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// rmemMax is the file of the largest buffer that a program may ask for its sockets [bytes].
// It is there outside of containers with a network of their own.
const rmemMax = "/proc/sys/net/core/rmem_max"

// cycloneBuffer is the size of the buffer that Cyclone DDS asks for by itself [bytes].
const cycloneBuffer = 1 << 20

const (
	kernelCure  = "sudo sysctl -w net.core.rmem_max=2147483647"
	cycloneCure = `CYCLONEDDS_URI='<CycloneDDS><Domain><Internal><SocketReceiveBufferSize min="10MB"/></Internal></Domain></CycloneDDS>'`
)

// TooLarge returns a warning of images of a size [bytes], if the middleware, as in
// rmw_cyclonedds_cpp, sends each to subscribers as a burst of UDP packets that is larger than
// their sockets' buffer, as far as this machine tells; "" if they fit, or go another way.
func TooLarge(rmw string, size int) string {
	text, err := os.ReadFile(rmemMax)
	if err != nil {
		return ""
	}
	largest, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return tooLarge(rmw, size, largest, cycloneIsTold(os.Getenv("CYCLONEDDS_URI")))
}

// tooLarge is TooLarge with the kernel's limit; told says that Cyclone DDS has been told what
// to ask for.
func tooLarge(rmw string, size, largest int, told bool) string {
	if strings.HasPrefix(rmw, "rmw_fastrtps") || strings.HasPrefix(rmw, "rmw_zenoh") {
		return "" // Fast DDS has shared memory by the nodes' profile, Zenoh goes by TCP
	}
	buffer := largest
	var cures []string
	if size > largest {
		cures = append(cures, kernelCure)
	}
	if rmw == "rmw_cyclonedds_cpp" && !told {
		buffer = min(buffer, cycloneBuffer)
		cures = append(cures, "export "+cycloneCure)
	}
	if size <= buffer {
		return ""
	}
	return fmt.Sprintf("images of %.1f MB go by %s in UDP packets, and a subscriber's socket takes %.1f MB at once: best effort loses images, reliable delays them; where subscribers run: %s",
		float64(size)/1e6, rmw, float64(buffer)/1e6, strings.Join(cures, ", then "))
}

// cycloneIsTold reports whether a value of CYCLONEDDS_URI, which is XML or names files of it,
// has the size of the sockets' buffers.
func cycloneIsTold(uri string) bool {
	const element = "<SocketReceiveBufferSize"
	if strings.Contains(uri, element) {
		return true
	}
	for name := range strings.SplitSeq(uri, ",") {
		text, err := os.ReadFile(strings.TrimPrefix(name, "file://"))
		if err == nil && bytes.Contains(text, []byte(element)) {
			return true
		}
	}
	return false
}
