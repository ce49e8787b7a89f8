package soundsystem

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// pulsePort is PulseAudio's TCP port.
const pulsePort = "4713"

// pulseAnswers returns nil if a PulseAudio server accepts connections. Of a failure of
// libpulse miniaudio 0.11.23 hides the reason.
func pulseAnswers() error {
	servers := pulseServers()
	var failed []error
	for _, server := range servers {
		network, address := pulseAddress(server)
		connection, err := net.DialTimeout(network, address, 2*time.Second)
		if err == nil {
			return connection.Close()
		}
		failed = append(failed, err)
	}
	if failed == nil {
		return errors.New("no server: XDG_RUNTIME_DIR is not set")
	}
	return fmt.Errorf("no server: %w", failed[0])
}

// pulseServers returns the addresses at which libpulse looks for servers, in its order: the
// environment's, the client configuration's, the user's, the system's (pulse-client.conf(5);
// properties of X11's root window are left out).
func pulseServers() []string {
	if servers := strings.Fields(os.Getenv("PULSE_SERVER")); len(servers) > 0 {
		return servers
	}
	for _, file := range pulseClientFiles() {
		if servers := defaultServers(file); len(servers) > 0 {
			return servers
		}
	}
	var servers []string
	if folder := os.Getenv("PULSE_RUNTIME_PATH"); folder != "" {
		servers = append(servers, filepath.Join(folder, "native"))
	}
	if folder := os.Getenv("XDG_RUNTIME_DIR"); folder != "" {
		servers = append(servers, filepath.Join(folder, "pulse", "native"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		// Without XDG_RUNTIME_DIR there is a link named after the machine's ID.
		links, _ := filepath.Glob(filepath.Join(home, ".config", "pulse", "*-runtime", "native")) // the pattern is valid
		servers = append(servers, links...)
	}
	return append(servers,
		filepath.Join("/run/user", strconv.Itoa(os.Getuid()), "pulse", "native"),
		"/var/run/pulse/native")
}

// pulseClientFiles returns the files that may name a default server, the
// strongest first.
func pulseClientFiles() []string {
	if file := os.Getenv("PULSE_CLIENTCONFIG"); file != "" {
		return []string{file}
	}
	var files []string
	if folder, err := os.UserConfigDir(); err == nil {
		files = append(files, filepath.Join(folder, "pulse", "client.conf"))
	}
	more, _ := filepath.Glob("/etc/pulse/client.conf.d/*.conf") // the pattern is valid
	return append(append(files, more...), "/etc/pulse/client.conf")
}

// defaultServers returns the value of default-server in a client.conf.
func defaultServers(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var servers []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, ok := strings.Cut(lines.Text(), "=")
		if ok && strings.TrimSpace(key) == "default-server" {
			servers = strings.Fields(value)
		}
	}
	return servers
}

// pulseAddress parses a server's name: "unix:/path", "/path", "tcp:host", "tcp4:host:port",
// "host", each perhaps after a machine's ID in braces.
func pulseAddress(server string) (network, address string) {
	if i := strings.Index(server, "}"); strings.HasPrefix(server, "{") && i > 0 {
		server = server[i+1:]
	}
	if path, ok := strings.CutPrefix(server, "unix:"); ok {
		return "unix", path
	}
	if strings.HasPrefix(server, "/") {
		return "unix", server
	}
	network = "tcp"
	for _, n := range []string{"tcp", "tcp4", "tcp6"} {
		if host, ok := strings.CutPrefix(server, n+":"); ok {
			network, server = n, host
			break
		}
	}
	if _, _, err := net.SplitHostPort(server); err != nil {
		server = net.JoinHostPort(strings.Trim(server, "[]"), pulsePort)
	}
	return network, server
}
