package holder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// proc is the kernel's own file system of processes.
const proc table = "/proc"

// Of tells which other process has the device at path, as in "in use by v4l2-ctl (process
// 4711)", or "in use by another program" where it cannot be seen. The device must be busy, and
// not claimed by this process, of which [Claim] tells. Of looks into all processes, which
// takes some milliseconds.
func Of(path string) string {
	if users := proc.users(path); len(users) > 0 {
		return inUse(users)
	}
	return fmt.Sprintf("in use by another program, which cannot be seen from here: sudo fuser -v %s names it", path)
}

// Users returns the other processes that have the device at path open, as far as this user may
// look into them.
func Users(path string) []string { return proc.users(path) }

// OfSound names the user of a sound card's device, by a path as in "/dev/snd/pcmC1D0c":
// another process, or a source of this one. asking is the owner that asks, in words such as
// "node /microphone", or "".
func OfSound(path, asking string) string { return proc.ofSound(path, asking) }

func (t table) ofSound(path, asking string) string {
	switch users := t.soundUsers(path); {
	case len(users) == 0:
		return "in use by another program"
	case len(users) == 1 && users[0] == asking:
		return inUse(users) + itself
	default:
		return inUse(users)
	}
}

// itself explains an owner that is in its own way.
const itself = " itself, whose earlier call is still blocked in the driver"

// inUse makes a phrase of the users.
func inUse(users []string) string { return "in use by " + strings.Join(users, " or ") }

func (t table) users(path string) []string {
	number, ok := numberOf(path)
	if !ok {
		return nil
	}
	var users []string
	for _, p := range t.holders(number) {
		users = append(users, p.String())
	}
	return users
}

// soundUsers returns the users of the substreams of a sound card's device. The kernel shows
// them to every user, by the thread that opened the device.
func (t table) soundUsers(path string) []string {
	var card, device int
	var way rune // c for capture, p for playback
	if _, err := fmt.Sscanf(filepath.Base(path), "pcmC%dD%d%c", &card, &device, &way); err != nil {
		return nil
	}
	pattern := filepath.Join(string(t), "asound", fmt.Sprintf("card%d", card), fmt.Sprintf("pcm%d%c", device, way), "sub*", "status")
	files, _ := filepath.Glob(pattern) // the pattern is valid
	var users []string
	for _, file := range files {
		text, _ := os.ReadFile(file) // "" on an error
		id, err := strconv.Atoi(field(string(text), "owner_pid"))
		if err != nil {
			continue // closed
		}
		p := t.process(id)
		user := p.String()
		number, ok := numberOf(path)
		ours := p.number == os.Getpid()
		if !ours && ok && !t.runs(id) {
			// The thread that opened it has ended, and its process may go on.
			_, ours = t.opened(os.Getpid(), number)
		}
		if ours {
			user = "this process"
			if owner, ok := claimed(number); ok {
				user = owner
			}
		}
		if !slices.Contains(users, user) {
			users = append(users, user)
		}
	}
	return users
}
