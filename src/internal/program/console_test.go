package program

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// It writes to a full pipe as a C library does, and then as Go does.
func TestPipeIsWaitedForByGoAlone(t *testing.T) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	reader := os.NewFile(uintptr(pipe[0]), "reader")
	defer reader.Close()
	shared, err := unix.Dup(pipe[1]) // as the shell has it
	if err != nil {
		t.Fatal(err)
	}
	file := nonBlocking(os.NewFile(uintptr(pipe[1]), "writer"))

	flags := func(descriptor int) int {
		t.Helper()
		flags, err := unix.FcntlInt(uintptr(descriptor), unix.F_GETFL, 0)
		if err != nil {
			t.Fatal(err)
		}
		return flags
	}
	if flags(shared)&unix.O_NONBLOCK != 0 {
		t.Error("the shell's descriptor has changed")
	}
	if flags(pipe[1])&unix.O_NONBLOCK == 0 {
		t.Fatal("a write would wait")
	}
	for err == nil {
		_, err = unix.Write(pipe[1], make([]byte, 1<<16))
	}
	if !errors.Is(err, unix.EAGAIN) {
		t.Fatalf("a write to the full pipe: %v", err)
	}
	written := make(chan error)
	go func() {
		_, err := file.WriteString("end")
		written <- errors.Join(err, file.Close(), unix.Close(shared))
	}()
	all, err := io.ReadAll(reader)
	if err := errors.Join(err, <-written); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(all, []byte("\x00end")) {
		t.Errorf("read %d bytes, not what Go wrote", len(all))
	}
}

func TestFileIsNotOpenedAnew(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if nonBlocking(file) != file {
		t.Error("it would be written from its beginning")
	}
}
