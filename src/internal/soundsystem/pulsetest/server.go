// Package pulsetest runs PulseAudio servers for tests: each in a folder of its own, with the
// test's devices, and found by the test's process and its children.
package pulsetest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startLimit bounds the time to a server's first answer.
const startLimit = 20 * time.Second

// Server is a PulseAudio server.
type Server struct {
	t       testing.TB
	folder  string
	modules []string

	command *exec.Cmd
	ended   chan struct{} // closed when the process has
	output  lockedBuffer
}

// Prepare makes the test's process and its children look for PulseAudio at a server that is
// not started yet. Modules are arguments of pulseaudio's option -L, as in
// "module-null-sink sink_name=mic rate=44100 channels=1". The server ends with the test.
func Prepare(t testing.TB, modules ...string) *Server {
	t.Helper()
	// Not t.TempDir: a socket's path must not be longer than 107 bytes.
	folder, err := os.MkdirTemp("", "pulse")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, folder: folder, modules: modules}
	t.Cleanup(func() {
		s.Kill()
		os.RemoveAll(folder)
	})
	t.Setenv("HOME", folder)
	t.Setenv("XDG_RUNTIME_DIR", folder)
	t.Setenv("XDG_CONFIG_HOME", folder)
	t.Setenv("PULSE_SERVER", "unix:"+s.socket())
	t.Setenv("PULSE_COOKIE", filepath.Join(folder, "cookie"))
	return s
}

// Start prepares a server and starts it.
func Start(t testing.TB, modules ...string) *Server {
	t.Helper()
	s := Prepare(t, modules...)
	s.Start()
	return s
}

func (s *Server) socket() string { return filepath.Join(s.folder, "socket") }

// Start starts the server, and waits until it has its devices and answers.
func (s *Server) Start() {
	s.t.Helper()
	os.Remove(s.socket()) // a killed server leaves it
	arguments := []string{
		"-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=false",
		"--disable-shm=true", "--high-priority=no", "--realtime=no", "--log-target=stderr",
	}
	// The protocol comes last: a client that can connect finds all devices.
	for _, module := range append(s.modules, "module-native-protocol-unix auth-anonymous=1 socket="+s.socket()) {
		arguments = append(arguments, "-L", module)
	}
	command := exec.Command("pulseaudio", arguments...)
	command.Stdout, command.Stderr = &s.output, &s.output
	// The server must not outlive a test that is killed.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		s.t.Fatalf("pulsetest: %v; install the package pulseaudio", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		command.Wait()
	}()
	s.command, s.ended = command, ended
	for deadline := time.Now().Add(startLimit); ; {
		if connection, err := net.Dial("unix", s.socket()); err == nil {
			connection.Close()
			return
		}
		select {
		case <-ended:
			s.t.Fatalf("pulsetest: the server ended:\n%s", s.output.String())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("pulsetest: the server does not answer:\n%s", s.output.String())
		}
	}
}

// Kill ends the server without warning, and waits for its end.
func (s *Server) Kill() {
	if s.command == nil {
		return
	}
	s.command.Process.Kill() // fails if it has ended already
	<-s.ended
	s.command = nil
}

// Signal sends the server a signal.
func (s *Server) Signal(signal os.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Control runs pactl.
func (s *Server) Control(arguments ...string) {
	s.t.Helper()
	if output, err := exec.Command("pactl", arguments...).CombinedOutput(); err != nil {
		s.t.Fatalf("pulsetest: pactl %q: %v: %s; it is in the package pulseaudio-utils", arguments, err, output)
	}
}

// Play plays raw samples to a sink again and again until the test ends. format are pacat's
// options, as in "--format=s16le", "--rate=44100".
func (s *Server) Play(sink string, samples []byte, format ...string) {
	s.t.Helper()
	command := exec.Command("pacat", append([]string{"--playback", "--device=" + sink, "--raw"}, format...)...)
	input, err := command.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	command.Stderr = &s.output
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		s.t.Fatalf("pulsetest: %v; install the package pulseaudio-utils", err)
	}
	var fed sync.WaitGroup
	fed.Add(1)
	go func() {
		defer fed.Done()
		for {
			if _, err := input.Write(samples); err != nil {
				return
			}
		}
	}()
	s.t.Cleanup(func() {
		command.Process.Kill()
		fed.Wait()
		err := command.Wait()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			s.t.Errorf("pulsetest: pacat: %v", err)
		}
	})
}

// Describe returns the server's messages, for a failing test.
func (s *Server) Describe() string { return fmt.Sprintf("pulseaudio said:\n%s", s.output.String()) }

// lockedBuffer is a buffer that a process may write to while the test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
