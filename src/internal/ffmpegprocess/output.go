package ffmpegprocess

import (
	"bytes"
	"context"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// Output runs a program with an input as its stdin, and returns its stdout. The end of ctx kills
// the program's process group, which has its children too.
func Output(ctx context.Context, program string, input []byte, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin = bytes.NewReader(input)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return unix.Kill(-command.Process.Pid, unix.SIGKILL) }
	return command.Output()
}
