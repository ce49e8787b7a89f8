package holder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// process is a running process.
type process struct {
	number int
	name   string // of its command; the kernel keeps 15 letters
}

// String describes the process, as in "v4l2-ctl (process 4711)".
func (p process) String() string { return fmt.Sprintf("%s (process %d)", p.name, p.number) }

// table is the path of a proc file system.
type table string

func (t table) path(number int, parts ...string) string {
	return filepath.Join(append([]string{string(t), strconv.Itoa(number)}, parts...)...)
}

// process returns the process of a process or thread number.
func (t table) process(number int) process {
	if status, err := os.ReadFile(t.path(number, "status")); err == nil {
		if leader, err := strconv.Atoi(field(string(status), "Tgid")); err == nil {
			number = leader
		}
	}
	name, err := os.ReadFile(t.path(number, "comm"))
	if err != nil {
		name = []byte("a program")
	}
	return process{number, strings.TrimSpace(string(name))}
}

// runs reports whether there is a process or thread of a number.
func (t table) runs(number int) bool {
	_, err := os.Stat(t.path(number))
	return err == nil
}

// field returns the value of a line "name : value", "" if there is none.
func field(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// holders returns the other processes that have a device open. If some of them have mapped
// its memory it returns those alone: they stream from the camera, and the others only look at
// its controls. Processes that this user may not look into are left out.
func (t table) holders(number uint64) []process {
	entries, _ := os.ReadDir(string(t)) // on an error there are none
	var open, mapped []process
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil || id == os.Getpid() {
			continue
		}
		link, ok := t.opened(id, number)
		if !ok {
			continue
		}
		open = append(open, t.process(id))
		if t.maps(id, link) {
			mapped = append(mapped, open[len(open)-1])
		}
	}
	if len(mapped) > 0 {
		open = mapped
	}
	slices.SortFunc(open, func(a, b process) int { return a.number - b.number })
	return open
}

// opened reports whether a process has a device open, and by which path.
func (t table) opened(id int, number uint64) (path string, ok bool) {
	folder := t.path(id, "fd")
	descriptors, _ := os.ReadDir(folder) // none of another user's process, or one that has just ended
	for _, descriptor := range descriptors {
		link := filepath.Join(folder, descriptor.Name())
		path, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(path, "/dev/") {
			continue // without a stat, since a file's server may not answer
		}
		if n, ok := numberOf(link); ok && n == number {
			return path, true
		}
	}
	return "", false
}

// maps reports whether a process has mapped the file at this path.
func (t table) maps(id int, path string) bool {
	text, err := os.ReadFile(t.path(id, "maps"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasSuffix(strings.TrimSpace(line), " "+path) {
			return true
		}
	}
	return false
}
