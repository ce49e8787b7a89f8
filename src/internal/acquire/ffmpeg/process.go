package ffmpeg

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

// pipeSize is the capacity of the pipe of images [bytes]: Linux's limit for users without
// privileges.
const pipeSize = 1 << 20

// endLimit bounds the time from SIGTERM to ffmpeg's end; SIGKILL follows.
const endLimit = 300 * time.Millisecond

// process is one run of ffmpeg.
type process struct {
	images *os.File      // its standard output
	stderr *stderrLog    // its standard error
	done   chan struct{} // closed when it has ended and nothing of it is left

	state *os.ProcessState // of the end; valid when done is closed

	mu  sync.Mutex
	pid int // also of its process group; 0 once it is gone
}

// errMissing is the error of a machine without ffmpeg.
var errMissing = errors.New(`there is no ffmpeg on this machine: install it, as by "sudo apt install ffmpeg"`)

// start runs a program.
func start(program string, args []string, stderr *stderrLog) (*process, error) {
	images, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	complaints, complain, err := os.Pipe()
	if err != nil {
		images.Close()
		write.Close()
		return nil, err
	}
	// A large pipe is faster; it works with a small one.
	_, _ = unix.FcntlInt(write.Fd(), unix.F_SETPIPE_SZ, pipeSize)

	command := exec.Command(program, args...)
	command.Stdout, command.Stderr = write, complain
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{images: images, stderr: stderr, done: make(chan struct{})}
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
		images.Close()
		complaints.Close()
		if errors.Is(err, exec.ErrNotFound) {
			err = errMissing
		}
		return nil, err
	}
	return p, nil
}

// reap waits for the end.
func (p *process) reap(command *exec.Cmd, complaints *os.File) {
	defer close(p.done)
	var listening sync.WaitGroup
	listening.Go(func() { p.stderr.listen(complaints) })
	// The number of the process, and of its group, stays taken until the process has been
	// waited for: until then its helpers can be ended.
	for {
		err := unix.Waitid(unix.P_PID, command.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.signal(unix.SIGKILL)
	p.mu.Lock()
	p.pid = 0
	p.mu.Unlock()
	_ = command.Wait() // the state says it
	p.state = command.ProcessState
	listening.Wait()
	complaints.Close()
}

// signal sends a signal to the process group.
func (p *process) signal(number unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid != 0 {
		_ = unix.Kill(-p.pid, number) // it may have ended by itself
	}
}

// end ends the process, by SIGTERM first, and waits until it is gone: the kernel may keep
// one that it blocks.
func (p *process) end() {
	p.images.Close() // ends a write that blocks
	p.signal(unix.SIGTERM)
	if !p.wait(endLimit) {
		p.signal(unix.SIGKILL)
		<-p.done
	}
}

// wait waits for the end no longer than a limit, and reports whether it has come.
func (p *process) wait(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

// fate describes how the process ended; done must be closed.
func (p *process) fate() string {
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
