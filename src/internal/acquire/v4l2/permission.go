package v4l2

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// denied adds the cure to an error of opening a device node, if permission was denied.
func denied(path string, err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if errors.Is(err, unix.EPERM) {
		// The file's mode refuses with EACCES.
		return fmt.Errorf("%w; a container needs the device given to it, as by --device %s", err, path)
	}
	info, statErr := os.Stat(path)
	if statErr != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return err
	}
	groups, _ := os.Getgroups() // without groups this process is no member
	return fmt.Errorf("%w; %s", err, join(path, info.Mode().Perm(), groupName(owner.Gid), slices.Contains(groups, int(owner.Gid))))
}

// join names the group to join in order to open a device node of this mode and group.
func join(path string, mode fs.FileMode, group string, member bool) string {
	const readWrite = 0o060
	switch {
	case mode&readWrite != readWrite, group == "root":
		return fmt.Sprintf("no group may open %s, which has mode %04o and group %s: a udev rule has to give it to a group, as in GROUP=\"video\", MODE=\"0660\"", path, mode, group)
	case member:
		return fmt.Sprintf("this process is in the group %s, which owns %s, and is refused all the same: see the access control list, getfacl %s", group, path, path)
	}
	return fmt.Sprintf("join the group %s, which owns %s: sudo usermod -aG %s $USER, then log in anew", group, path, group)
}

// groupName returns the name of a group, its number if it has none.
func groupName(id uint32) string {
	number := strconv.FormatUint(uint64(id), 10)
	group, err := user.LookupGroupId(number)
	if err != nil {
		return number
	}
	return group.Name
}
