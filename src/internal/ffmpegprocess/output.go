package ffmpegprocess

import (
	"bytes"
	"context"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// Output returns what a program writes for an input. When ctx ends, so do the program and its
// helpers.
func Output(ctx context.Context, program string, input []byte, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin = bytes.NewReader(input)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return unix.Kill(-command.Process.Pid, unix.SIGKILL) }
	return command.Output()
}
