package program

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"golang.org/x/sys/unix"
)

// prepareOutput readies standard output and error. Writes to a reader that is gone, or to a
// file at its size limit, fail from now on, where they would end the process, in C libraries
// too. C libraries, which write past [Out] and the log, no longer wait for a terminal or a
// pipe. It is to be called first by main.
func prepareOutput() {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGXFSZ)
	os.Stdout = nonBlocking(os.Stdout)
	os.Stderr = nonBlocking(os.Stderr)
}

// replaced keeps the former files alive: the collector would close their descriptors.
var replaced []*os.File

// nonBlocking replaces the descriptor of a terminal or a pipe by one that is opened anew in
// non-blocking mode, and returns its file. Writes that do not fit then fail for C libraries,
// while Go waits. The mode of the descriptor itself stays, since the shell may share it.
// Where opening is not allowed, as after su, or not possible, as for a socket, the file is
// returned as it is.
func nonBlocking(file *os.File) *os.File {
	descriptor := int(file.Fd())
	info, err := file.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeCharDevice) == 0 {
		return file
	}
	anew, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", descriptor), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return file
	}
	defer unix.Close(anew)
	if unix.Dup3(anew, descriptor, 0) != nil {
		return file
	}
	replaced = append(replaced, file)
	return os.NewFile(uintptr(descriptor), file.Name())
}

// flush waits until log and output are written, at most for limit, and reports whether they
// are. It is to be called before os.Exit.
func flush(limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	flushed := true
	// Upstream's rclgo has no queue.
	if log, ok := any(rclgo.GetLogger("")).(interface{ Flush(time.Duration) bool }); ok {
		flushed = log.Flush(limit)
	}
	return Out.Flush(max(time.Until(deadline), 0)) && flushed
}
