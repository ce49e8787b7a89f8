package middleware

import (
	"os"
	"path/filepath"
	"testing"
)

// nothingChosen clears the user's choices and enters an empty folder.
func nothingChosen(t *testing.T) {
	for _, name := range append(profileVariables, "RMW_IMPLEMENTATION", "FASTDDS_BUILTIN_TRANSPORTS", "SKIP_DEFAULT_XML_FILE") {
		t.Setenv(name, "")
	}
	t.Chdir(t.TempDir())
}

func TestNothingIsChosenByDefault(t *testing.T) {
	nothingChosen(t)
	if got := chosenByUser(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestWhatTheUserChose(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"RMW_IMPLEMENTATION", "rmw_fastrtps_cpp", ""},
		{"RMW_IMPLEMENTATION", "rmw_fastrtps_dynamic_cpp", ""},
		{"RMW_IMPLEMENTATION", "rmw_cyclonedds_cpp", "RMW_IMPLEMENTATION=rmw_cyclonedds_cpp"},
		{"RMW_IMPLEMENTATION", "rmw_zenoh_cpp", "RMW_IMPLEMENTATION=rmw_zenoh_cpp"},
		{"FASTRTPS_DEFAULT_PROFILES_FILE", "my.xml", "FASTRTPS_DEFAULT_PROFILES_FILE=my.xml"},
		{"FASTDDS_DEFAULT_PROFILES_FILE", "my.xml", "FASTDDS_DEFAULT_PROFILES_FILE=my.xml"},
		{"FASTDDS_BUILTIN_TRANSPORTS", "UDPv4", "FASTDDS_BUILTIN_TRANSPORTS=UDPv4"},
	} {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			nothingChosen(t)
			t.Setenv(test.name, test.value)
			if got := chosenByUser(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestProfileInTheWorkingDirectoryIsTheUsers(t *testing.T) {
	for _, name := range localProfiles {
		t.Run(name, func(t *testing.T) {
			nothingChosen(t)
			if err := os.WriteFile(filepath.Join(".", name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := chosenByUser(); got != name {
				t.Errorf("got %q, want %q", got, name)
			}
			t.Setenv("SKIP_DEFAULT_XML_FILE", "1") // then Fast DDS does not read it
			if got := chosenByUser(); got != "" {
				t.Errorf("skipped: got %q", got)
			}
		})
	}
}
