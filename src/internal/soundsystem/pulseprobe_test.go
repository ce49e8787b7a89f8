package soundsystem

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestPulseServersAreNamedInManyWays(t *testing.T) {
	for server, want := range map[string][2]string{
		"unix:/run/x/native":            {"unix", "/run/x/native"},
		"/run/x/native":                 {"unix", "/run/x/native"},
		"{1234abcd}unix:/run/x/native":  {"unix", "/run/x/native"},
		"tcp:robot":                     {"tcp", "robot:4713"},
		"tcp4:robot:5000":               {"tcp4", "robot:5000"},
		"tcp6:[::1]":                    {"tcp6", "[::1]:4713"},
		"robot":                         {"tcp", "robot:4713"},
		"{1234abcd}tcp:192.168.1.7:999": {"tcp", "192.168.1.7:999"},
	} {
		if network, address := pulseAddress(server); network != want[0] || address != want[1] {
			t.Errorf("%q: %q, %q, want %q", server, network, address, want)
		}
	}
}

func TestPulseServersAreSearchedInOrder(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", folder)
	t.Setenv("XDG_RUNTIME_DIR", "/runtime")
	t.Setenv("PULSE_RUNTIME_PATH", "")
	t.Setenv("PULSE_SERVER", "")
	t.Setenv("PULSE_CLIENTCONFIG", filepath.Join(folder, "missing"))
	got := pulseServers()
	if len(got) < 3 || got[0] != "/runtime/pulse/native" || got[len(got)-1] != "/var/run/pulse/native" {
		t.Errorf("servers %q, want the user's first and the system's last", got)
	}

	file := filepath.Join(folder, "client.conf")
	text := "; a comment\n# default-server = old\nautospawn = no\n default-server = unix:/a tcp:b\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULSE_CLIENTCONFIG", file)
	if got, want := pulseServers(), []string{"unix:/a", "tcp:b"}; !slices.Equal(got, want) {
		t.Errorf("servers %q, want %q from the configuration", got, want)
	}

	t.Setenv("PULSE_SERVER", "unix:/c /d")
	if got, want := pulseServers(), []string{"unix:/c", "/d"}; !slices.Equal(got, want) {
		t.Errorf("servers %q, want %q from the environment", got, want)
	}
}
