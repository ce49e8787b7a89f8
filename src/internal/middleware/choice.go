package middleware

import (
	"os"
	"path/filepath"
	"strings"
)

// Variables by which a profile is chosen: Fast DDS 2 (up to Jazzy) reads the
// first, Fast DDS 3 (from Kilted on) the second, and the first with a warning.
const (
	variableOf2 = "FASTRTPS_DEFAULT_PROFILES_FILE"
	variableOf3 = "FASTDDS_DEFAULT_PROFILES_FILE"
)

var profileVariables = []string{variableOf2, variableOf3}

// ownVariables returns those that the Fast DDS in this process reads without a warning, both
// where none is loaded. maps has the form of /proc/self/maps.
func ownVariables(maps string) []string {
	for line := range strings.Lines(maps) {
		switch name := filepath.Base(line); {
		case strings.HasPrefix(name, "libfastrtps.so"):
			return []string{variableOf2}
		case strings.HasPrefix(name, "libfastdds.so"):
			return []string{variableOf3}
		}
	}
	return profileVariables
}

// Profiles that Fast DDS 2 and 3 read by themselves from the working directory.
var localProfiles = []string{"DEFAULT_FASTRTPS_PROFILES.xml", "DEFAULT_FASTDDS_PROFILES.xml"}

// chosenByUser returns the user's choice of another middleware, a profile or transports, with
// which a profile of ours is unwanted; "" for none.
func chosenByUser() string {
	switch rmw := os.Getenv("RMW_IMPLEMENTATION"); rmw {
	case "", "rmw_fastrtps_cpp", "rmw_fastrtps_dynamic_cpp":
	default:
		return "RMW_IMPLEMENTATION=" + rmw
	}
	// With UDP alone, say between containers, our shared memory would come beside it.
	for _, name := range append(profileVariables, "FASTDDS_BUILTIN_TRANSPORTS") {
		if value := os.Getenv(name); value != "" {
			return name + "=" + value
		}
	}
	if os.Getenv("SKIP_DEFAULT_XML_FILE") == "1" {
		return ""
	}
	for _, name := range localProfiles {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}
