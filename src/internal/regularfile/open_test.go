package regularfile

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// others makes files that are not regular, and returns the words of their refusals by path.
func others(t *testing.T) map[string]string {
	t.Helper()
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	if err := unix.Mkfifo(in("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", in("socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	if err := os.Symlink("fifo", in("link")); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		in("fifo"): "a FIFO", in("link"): "a FIFO", in("socket"): "a socket", folder: "a folder",
		"/dev/null": "a device", "/proc/kmsg": "must be", "/proc/self/stat": "the kernel's own",
	}
}

func TestWhatIsNoRegularFileIsRefusedAtOnce(t *testing.T) {
	for path, want := range others(t) {
		for name, open := range map[string]func(string) (*os.File, error){
			"Open":   Open,
			"Create": func(path string) (*os.File, error) { return Create(path, 0o600) },
			"OpenIn": func(path string) (*os.File, error) {
				folder, err := os.OpenRoot(filepath.Dir(path))
				if err != nil {
					return nil, err
				}
				defer folder.Close()
				return OpenIn(folder, filepath.Base(path))
			},
			"Check": func(path string) (*os.File, error) { return nil, Check(path) },
		} {
			if file, err := open(path); !errors.Is(err, ErrOther) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s(%s): %v, %v, want %q", name, path, file, err, want)
			}
		}
	}
}

func TestRegularFileIsWrittenAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if _, err := Open(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v, want %v", err, fs.ErrNotExist)
	}
	for _, want := range []string{"longer before", "after"} {
		file, err := Create(path, 0o640)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(want); err != nil {
			t.Fatal(err)
		}
		file.Close()
		if file, err = Open(path); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(file); string(got) != want || err != nil {
			t.Errorf("read %q, %v, want %q", got, err, want)
		}
		file.Close()
	}
}
