package ffmpegprocess

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// pipeSize is the capacity of a pipe of images [bytes]: Linux's limit for users without
// privileges.
const pipeSize = 1 << 20

// EndLimit bounds the time from SIGTERM to ffmpeg's end; SIGKILL follows.
const EndLimit = 300 * time.Millisecond

// Process is one run of ffmpeg.
type Process struct {
	Output *os.File // the reading end of its standard output
	Input  *os.File // the writing end of its standard input; nil without one

	log  *Log          // its standard error
	done chan struct{} // closed when it has ended and nothing of it is left

	state *os.ProcessState // of the end; valid when done is closed

	mu  sync.Mutex
	pid int // also of its process group; 0 once it is gone
}

// ErrMissing is the error of a machine without ffmpeg.
var ErrMissing = errors.New(`there is no ffmpeg on this machine: install it, as by "sudo apt install ffmpeg"`)

// Start runs a program that writes to us. It ends with our process, however that ends. files
// become its file descriptors 3, 4 and so on, and stay the caller's.
func Start(program string, args []string, log *Log, files ...*os.File) (*Process, error) {
	return start(program, args, log, nil, files...)
}

// StartReading runs a program that reads from us. When our process ends, however that does,
// its input ends, and it can finish what it writes.
func StartReading(program string, args []string, log *Log) (*Process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	enlarge(write)
	p, err := start(program, args, log, read)
	read.Close()
	if err != nil {
		write.Close()
		return nil, err
	}
	p.Input = write
	return p, nil
}

// enlarge makes a pipe larger, which is faster; a small one works, too. Fd would make it
// block, so that Close could not end a write.
func enlarge(pipe *os.File) {
	if connection, err := pipe.SyscallConn(); err == nil {
		_ = connection.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
	}
}

// start runs a program with an input, or with none.
func start(program string, args []string, log *Log, input *os.File, files ...*os.File) (*Process, error) {
	output, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	complaints, complain, err := os.Pipe()
	if err != nil {
		output.Close()
		write.Close()
		return nil, err
	}
	enlarge(write)
	command := exec.Command(program, args...)
	command.Stdout, command.Stderr, command.ExtraFiles = write, complain, files
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if input != nil {
		command.Stdin = input
	} else {
		command.SysProcAttr.Pdeathsig = syscall.SIGKILL
	}
	p := &Process{Output: output, log: log, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// Linux sends Pdeathsig when the thread that made the process ends: so this
		// thread stays until the process is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		write.Close()
		complain.Close()
		if err == nil {
			p.pid = command.Process.Pid
		}
		started <- err
		if err == nil {
			p.reap(command, complaints)
		}
	}()
	if err := <-started; err != nil {
		output.Close()
		complaints.Close()
		if errors.Is(err, exec.ErrNotFound) {
			err = ErrMissing
		}
		return nil, err
	}
	return p, nil
}

// reap waits for the end.
func (p *Process) reap(command *exec.Cmd, complaints *os.File) {
	defer close(p.done)
	var listening sync.WaitGroup
	listening.Add(1)
	go func() {
		defer listening.Done()
		p.log.listen(complaints)
	}()
	// The number of the process, and of its group, stays taken until the process has been
	// waited for: until then its helpers can be ended.
	for {
		err := unix.Waitid(unix.P_PID, command.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.Signal(unix.SIGKILL)
	p.mu.Lock()
	p.pid = 0
	p.mu.Unlock()
	_ = command.Wait() // the state says it
	p.state = command.ProcessState
	listening.Wait()
	complaints.Close()
}

// Signal sends a signal to the process group.
func (p *Process) Signal(number unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid != 0 {
		_ = unix.Kill(-p.pid, number) // it may have ended by itself
	}
}

// End ends the process, by SIGTERM first, and waits until it is gone: the kernel may keep
// one that it blocks.
func (p *Process) End() {
	p.Output.Close() // ends a write that blocks
	p.Signal(unix.SIGTERM)
	if !p.Wait(EndLimit) {
		p.Signal(unix.SIGKILL)
		<-p.done
	}
}

// Wait waits for the end no longer than a limit, and reports whether it has come.
func (p *Process) Wait(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

// Done returns a channel that is closed when the process has ended and nothing of it is left.
func (p *Process) Done() <-chan struct{} { return p.done }

// State returns the state at the end. The process must have ended.
func (p *Process) State() *os.ProcessState { return p.state }

// PID returns the number of the process, which is that of its group, too; 0 once it is gone.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Fate describes how the process ended. It must have ended.
func (p *Process) Fate() string {
	status, ok := p.state.Sys().(syscall.WaitStatus)
	switch {
	case !ok:
		return p.state.String()
	case status.Signaled():
		return fmt.Sprintf("ffmpeg was killed (%v)", status.Signal())
	case status.ExitStatus() == 0:
		return "ffmpeg ended"
	}
	return fmt.Sprintf("ffmpeg ended with status %d", status.ExitStatus())
}
