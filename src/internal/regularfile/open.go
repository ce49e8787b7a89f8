package regularfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrOther is the error for a path of anything but a regular file. Its text names the kind.
var ErrOther = errors.New("not a regular file")

// other is an ErrOther with its text.
type other string

func (o other) Error() string        { return string(o) }
func (o other) Is(target error) bool { return target == ErrOther }

// kernel are file systems of the kernel, by their magic numbers (statfs(2)). Their files claim
// to be regular, and some block.
var kernel = map[int64]string{
	unix.PROC_SUPER_MAGIC:      "proc",
	unix.SYSFS_MAGIC:           "sysfs",
	unix.DEBUGFS_MAGIC:         "debugfs",
	unix.TRACEFS_MAGIC:         "tracefs",
	unix.SECURITYFS_MAGIC:      "securityfs",
	unix.CGROUP_SUPER_MAGIC:    "cgroup",
	unix.CGROUP2_SUPER_MAGIC:   "cgroup2",
	unix.BPF_FS_MAGIC:          "bpf",
	unix.SELINUX_MAGIC:         "selinuxfs",
	unix.EFIVARFS_MAGIC:        "efivarfs",
	unix.BINFMTFS_MAGIC:        "binfmt_misc",
	unix.PSTOREFS_MAGIC:        "pstore",
	unix.DEVPTS_SUPER_MAGIC:    "devpts",
	unix.PIPEFS_MAGIC:          "pipefs",
	unix.SOCKFS_MAGIC:          "sockfs",
	unix.ANON_INODE_FS_MAGIC:   "anon_inodefs",
	unix.NSFS_MAGIC:            "nsfs",
	unix.USBDEVICE_SUPER_MAGIC: "usbfs",
}

// Open opens a regular file for reading. It waits for the disk alone.
func Open(path string) (*os.File, error) { return open(path, unix.O_RDONLY, 0) }

// OpenIn opens a regular file in an open folder for reading, as [Open] does. No link leads
// out of the folder.
func OpenIn(folder *os.Root, name string) (*os.File, error) {
	// Before it is opened, as that alone may do something.
	info, err := folder.Stat(name)
	if err != nil {
		return nil, err
	}
	if status, ok := info.Sys().(*syscall.Stat_t); ok {
		if err := judge(status.Mode); err != nil {
			return nil, err
		}
	}
	file, err := folder.OpenFile(name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	// And again, as another may be there by now.
	if err := CheckOpen(file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Create opens a file for reading and writing. It makes a missing file, and empties a regular
// one.
func Create(path string, mode fs.FileMode) (*os.File, error) {
	file, err := open(path, unix.O_RDWR|unix.O_CREAT, uint32(mode.Perm()))
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(0); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Check returns an error if a path is not a regular file's. The file may be replaced a moment
// later: Check is for paths that other programs open.
func Check(path string) error {
	var status unix.Stat_t
	if err := retry(func() error { return unix.Stat(path, &status) }); err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	if err := judge(status.Mode); err != nil {
		return err
	}
	var system unix.Statfs_t
	if err := retry(func() error { return unix.Statfs(path, &system) }); err != nil {
		return &fs.PathError{Op: "statfs", Path: path, Err: err}
	}
	return judgeSystem(system)
}

func open(path string, flags int, mode uint32) (*os.File, error) {
	// Before the opening, which may have an effect: rewind a tape, start a watchdog.
	if err := Check(path); err != nil && (flags&unix.O_CREAT == 0 || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	var fd int
	err := retry(func() (err error) {
		fd, err = unix.Open(path, flags|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, mode)
		return err
	})
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	// And again, since the file may have been replaced.
	if err := checkOpen(fd); err != nil {
		_ = unix.Close(fd) // nothing was written
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// CheckOpen returns an error if an open file is not a regular one.
func CheckOpen(file *os.File) error {
	connection, err := file.SyscallConn()
	if err != nil {
		return err
	}
	if failed := connection.Control(func(fd uintptr) { err = checkOpen(int(fd)) }); failed != nil {
		return failed
	}
	return err
}

func checkOpen(fd int) error {
	var status unix.Stat_t
	var system unix.Statfs_t
	if err := unix.Fstat(fd, &status); err != nil {
		return err
	}
	if err := judge(status.Mode); err != nil {
		return err
	}
	if err := retry(func() error { return unix.Fstatfs(fd, &system) }); err != nil {
		return err
	}
	return judgeSystem(system)
}

// judge returns an error if a mode is not a regular file's.
func judge(mode uint32) error {
	what := ""
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return nil
	case unix.S_IFDIR:
		what = "a folder"
	case unix.S_IFIFO:
		what = "a FIFO"
	case unix.S_IFCHR, unix.S_IFBLK:
		what = "a device"
	case unix.S_IFSOCK:
		what = "a socket"
	default:
		what = "neither file nor folder"
	}
	return other(fmt.Sprintf("is %s, must be a file", what))
}

// judgeSystem refuses files of the kernel.
func judgeSystem(system unix.Statfs_t) error {
	if name := kernel[int64(system.Type)]; name != "" {
		return other(fmt.Sprintf("is a file of the kernel's own (%s), must be one on a disk", name))
	}
	return nil
}

// retry calls f again after EINTR: Go's runtime sends many signals.
func retry(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
