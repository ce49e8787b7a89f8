package v4l2

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPermissionDeniedNamesTheGroupToJoin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "video0")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := denied(path, unix.EACCES)
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "mode 0600") || !strings.Contains(err.Error(), "udev") {
		t.Errorf("mode 0600: got %v", err)
	}
	if err := denied(path, unix.EPERM); !strings.Contains(err.Error(), "--device "+path) {
		t.Errorf("EPERM: got %v", err)
	}
	if err := denied(path, unix.EBUSY); err != unix.EBUSY {
		t.Errorf("EBUSY: got %v", err)
	}
	for _, test := range []struct {
		mode   fs.FileMode
		group  string
		member bool
		want   string
	}{
		{0o660, "video", false, "join the group video, which owns /dev/video0: sudo usermod -aG video $USER"},
		{0o660, "plugdev", false, "sudo usermod -aG plugdev $USER"},
		{0o660, "video", true, "getfacl /dev/video0"},
		{0o640, "video", false, "udev rule"},
		{0o660, "root", false, "udev rule"},
	} {
		if got := join("/dev/video0", test.mode, test.group, test.member); !strings.Contains(got, test.want) {
			t.Errorf("%04o, %s: got %q, want %q", test.mode, test.group, got, test.want)
		}
	}
}
