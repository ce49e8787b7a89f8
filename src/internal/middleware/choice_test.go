package middleware

import (
	"os"
	"path/filepath"
	"slices"
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

// The other variable is one that Fast DDS 3 warns of, and that Fast DDS 2 does not read.
func TestTheVariableIsThatOfTheLoadedFastDDS(t *testing.T) {
	const other = "7f0000000000-7f0000001000 r-xp 00000000 08:01 1 /opt/ros/any/lib/libfastcdr.so.2.2.5\n"
	for _, test := range []struct {
		loaded string
		want   []string
	}{
		{"7f0000002000-7f0000003000 r-xp 00000000 08:01 2 /opt/ros/jazzy/lib/libfastrtps.so.2.14.5\n", profileVariables[:1]},
		{"7f0000002000-7f0000003000 r-xp 00000000 08:01 2 /opt/ros/kilted/lib/libfastdds.so.3.2.2\n", profileVariables[1:]},
		{"7f0000002000-7f0000003000 rw-p 00000000 00:00 0\n", profileVariables},
	} {
		if got := ownVariables(other + test.loaded); !slices.Equal(got, test.want) {
			t.Errorf("with %s got %q, want %q", test.loaded, got, test.want)
		}
	}
}
