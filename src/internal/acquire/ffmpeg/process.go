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

// pipeSize is how much of its images ffmpeg may write before they are read
// [bytes]: Linux's limit for users who are not root.
const pipeSize = 1 << 20

// endLimit is how long ffmpeg may take to end when it is asked to, before it is
// killed.
const endLimit = 300 * time.Millisecond

// process is one run of ffmpeg.
type process struct {
	images *os.File      // what it writes to its standard output
	said   *said         // and to its standard error
	done   chan struct{} // closed when it has ended and nothing of it is left

	state *os.ProcessState // of the end; valid when done is closed

	mu  sync.Mutex
	pid int // also of its process group; 0 when it is gone
}

// errMissing says what to install.
var errMissing = errors.New(`there is no ffmpeg on this machine: install it, as by "sudo apt install ffmpeg"`)

// start runs a program.
func start(program string, args []string, said *said) (*process, error) {
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
	// It is faster with a large one, and works with what there is.
	_, _ = unix.FcntlInt(write.Fd(), unix.F_SETPIPE_SZ, pipeSize)

	command := exec.Command(program, args...)
	command.Stdout, command.Stderr = write, complain
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{images: images, said: said, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// Linux sends Pdeathsig when the thread ends that made the process: so
		// this one stays until there is no process any more.
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
	listening.Go(func() { p.said.listen(complaints) })
	// The number of the process, and with it of its group, is taken as long as
	// it has not been waited for: until then what it has started can be ended.
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

// signal sends a signal to the process and all that it has started.
func (p *process) signal(number unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid != 0 {
		_ = unix.Kill(-p.pid, number) // it may have ended by itself
	}
}

// end ends the process, politely first, and says whether it is gone: one that
// is blocked in the kernel goes when the kernel lets it.
func (p *process) end() bool {
	p.images.Close() // ffmpeg does not wait for it any more
	p.signal(unix.SIGTERM)
	if p.wait(endLimit) {
		return true
	}
	p.signal(unix.SIGKILL)
	return p.wait(2 * endLimit)
}

// wait waits for the end no longer than a limit, and says whether it has come.
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

// fate says how the process ended, whose done is closed.
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
