package buffer

import (
	"fmt"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/poll"
)

// Supply is where a ring's sound waits until it is pulled into the ring, as that of a sound card
// does. Its sound comes by [Ring.Write] and the other calls of a writer, during Pull alone.
type Supply interface {
	// Pull writes all sound that has come into the ring. Any goroutine may call it.
	Pull()

	// Arm has the descriptor become readable, for poll(2), as soon as so many audio frames more
	// than were pulled have come, instead of what was armed before. It returns true if they are
	// there already. It neither blocks nor calls the ring. Any goroutine may call it.
	Arm(frames uint64) bool

	// Descriptor returns the descriptor. It is valid from before [Ring.SetSupply] until all
	// readers are made.
	Descriptor() int
}

// SetSupply gives the ring a supply, before it has readers. One thread's reader then pulls when
// the first of all readers that wait in [Reader.Read] has its block complete: the others wait for
// it, and nobody is woken before. Nothing is pulled by itself while none waits.
func (r *Ring) SetSupply(supply Supply) { r.supply = supply }

// Refresh pulls what the supply has, if there is one, so that Head is of the present.
func (r *Ring) Refresh() {
	if r.supply != nil {
		r.supply.Pull()
	}
}

// arm tells the supply what the readers wait for, and returns whether it is there already. r.mu
// is held.
func (r *Ring) arm() bool {
	missing, wanted := ^uint64(0), false
	for _, reader := range r.waiting {
		if !reader.patient {
			missing, wanted = min(missing, reader.until-min(reader.until, r.visible())), true
		}
	}
	if r.supply == nil || !wanted {
		return false
	}
	if r.holding {
		missing = 1 // nobody knows when what is held will be given to the readers
	}
	return r.supply.Arm(max(1, missing))
}

// thread has the descriptors that the reader of a thread polls.
type thread struct {
	files   [2]unix.PollFd // an eventfd for signals of the ring, and the supply's descriptor
	pulling bool           // it is pulling, and needs no signal
}

// NewThreadReader returns a reader of the ring for a goroutine with a thread of its own
// ([runtime.LockOSThread]), to be released. The kernel wakes that thread directly, which matters
// if it has a real-time priority. [Reader.Read] then ignores its ctx, which must never end. A
// ring with a supply needs one such reader, which reads all the time.
func (r *Ring) NewThreadReader() (*Reader, error) {
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	t := &thread{files: [2]unix.PollFd{{Fd: int32(event), Events: unix.POLLIN}, {Fd: -1}}} // poll ignores -1
	if r.supply != nil {
		// A descriptor of its own, since a source that hangs is left behind, and may be closed
		// at any time.
		supply, err := unix.FcntlInt(uintptr(r.supply.Descriptor()), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			_ = unix.Close(event)
			return nil, fmt.Errorf("descriptor of the source: %w", err)
		}
		t.files[1] = unix.PollFd{Fd: int32(supply), Events: unix.POLLIN}
	}
	return &Reader{ring: r, thread: t}, nil
}

// wait waits until the ring signals or the supply has what was armed, and pulls that. r.mu is
// held, but not meanwhile.
func (t *thread) wait(r *Ring) {
	ready := r.arm()
	r.mu.Unlock()
	if !ready {
		poll.Wait(t.files[:])
		for i := range t.files {
			if t.files[i].Revents != 0 {
				poll.Reset(int(t.files[i].Fd))
			}
		}
		ready = t.files[1].Revents != 0
	}
	r.mu.Lock()
	if !ready {
		return
	}
	t.pulling = true
	r.mu.Unlock()
	r.supply.Pull()
	r.mu.Lock()
	t.pulling = false
}

// signal ends wait. r.mu is held.
func (t *thread) signal() {
	if !t.pulling {
		poll.Signal(int(t.files[0].Fd))
	}
}

// signalThreads has threads that wait look again at what the others wait for. r.mu is held.
func (r *Ring) signalThreads() {
	for _, reader := range r.waiting {
		if reader.thread != nil {
			reader.thread.signal()
		}
	}
}

// close closes the descriptors.
func (t *thread) close() {
	for i, file := range t.files {
		if file.Fd >= 0 {
			_ = unix.Close(int(file.Fd))
			t.files[i].Fd = -1
		}
	}
}
