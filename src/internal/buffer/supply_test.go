package buffer_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/poll"
)

// supply is a [buffer.Supply] of bytes that count up.
type supply struct {
	ring  *buffer.Ring
	event int

	mu     sync.Mutex
	came   uint64 // audio frames
	pulled uint64
	armed  uint64 // value of came that signals; 0 for none
	pulls  atomic.Uint64
	wakes  int // signals
}

func newSupply(t *testing.T, capacity int) *supply {
	t.Helper()
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(event) })
	s := &supply{ring: buffer.NewRing(1, capacity, 0), event: event}
	s.ring.SetSupply(s)
	return s
}

// come has audio frames come.
func (s *supply) come(frames uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.came += frames
	if s.armed > 0 && s.came >= s.armed {
		s.armed = 0
		s.wakes++
		poll.Signal(s.event)
	}
}

func (s *supply) Pull() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls.Add(1)
	data := make([]byte, s.came-s.pulled)
	for i := range data {
		data[i] = byte(s.pulled + uint64(i))
	}
	s.pulled = s.came
	s.ring.Write(data)
}

func (s *supply) Arm(frames uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = s.pulled + frames
	return s.came >= s.armed
}

func (s *supply) Descriptor() int { return s.event }

// waits waits until a reader has armed the supply for so many audio frames in total.
func (s *supply) waits(t *testing.T, frames uint64) {
	t.Helper()
	eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.armed == frames
	})
}

func TestAThreadIsWokenOnceForABlock(t *testing.T) {
	const block, blocks = 10, 50
	s := newSupply(t, 100)
	reader := threadReader(t, s.ring)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for k := range blocks {
			dst := make([]byte, block)
			first, n, err := reader.Read(t.Context(), uint64(k*block), dst)
			if first != uint64(k*block) || n != block || err != nil || dst[0] != byte(k*block) {
				t.Errorf("block %d: first %d, %d frames, %v, begins with %d", k, first, n, err, dst[0])
			}
		}
	}()
	for k := range uint64(blocks) {
		s.waits(t, (k+1)*block)
		for range block {
			s.come(1)
		}
	}
	<-done
	if s.wakes != blocks || s.pulls.Load() != blocks {
		t.Errorf("woken %d times, pulled %d times, want %d", s.wakes, s.pulls.Load(), blocks)
	}
}

func TestAThreadPullsForTheEarliestReader(t *testing.T) {
	s := newSupply(t, 1000)
	thread := threadReader(t, s.ring)
	awaited := make(chan error)
	go func() {
		_, _, err := thread.Read(t.Context(), 0, make([]byte, 500))
		awaited <- err
	}()
	s.waits(t, 500)

	read := make(chan int)
	go func() {
		_, n, _ := s.ring.NewReader().Read(t.Context(), 0, make([]byte, 20))
		read <- n
	}()
	s.waits(t, 20)
	s.come(20)
	if n := <-read; n != 20 {
		t.Errorf("%d frames, want 20", n)
	}
	s.waits(t, 500) // again for the thread alone

	// What is there already is pulled for a reader that wants it.
	s.come(50)
	go func() {
		_, n, _ := s.ring.NewReader().Read(t.Context(), 20, make([]byte, 30))
		read <- n
	}()
	if n := <-read; n != 30 {
		t.Errorf("%d frames, want 30", n)
	}
	s.come(430)
	if err := <-awaited; err != nil {
		t.Error(err)
	}
}

func TestAwaitLeavesPullingToOthers(t *testing.T) {
	const frames = 50
	s := newSupply(t, 100)
	thread := threadReader(t, s.ring)
	for k := range uint64(100) {
		awaited := make(chan error)
		go func() { awaited <- thread.Await(t.Context(), k*frames, frames) }()
		runtime.Gosched() // mostly it waits already
		s.come(frames)
		s.ring.Refresh()
		if err := <-awaited; err != nil {
			t.Error(err)
		}
	}
	if s.armed != 0 || s.wakes != 0 || s.pulls.Load() != 100 {
		t.Errorf("the supply was armed for %d, has woken %d times and was pulled %d times, want 0, 0 and 100", s.armed, s.wakes, s.pulls.Load())
	}
}

func TestInterruptEndsAnAwaitOfBothKinds(t *testing.T) {
	ring := buffer.NewRing(1, 100, 0)
	for _, reader := range bothKinds(t, ring) {
		for range 100 {
			go reader.Interrupt() // before or during the wait
			if err := reader.Await(t.Context(), 0, 50); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAwaitEndsWithSoundAGapAndTheEnd(t *testing.T) {
	ring := buffer.NewRing(1, 100, 0)
	for i, reader := range bothKinds(t, ring) {
		from := uint64(100 * i)
		awaited := make(chan error)
		await := func(at uint64, frames int) { awaited <- reader.Await(t.Context(), at, frames) }
		go await(from, 10)
		ring.Write(make([]byte, 10))
		if err := <-awaited; err != nil {
			t.Error(err)
		}
		go await(from+10, 20)
		ring.Write(make([]byte, 5))
		ring.Skip(85)
		if err := <-awaited; err != nil {
			t.Error(err)
		}
	}
	reader := threadReader(t, ring)
	awaited := make(chan error)
	go func() { awaited <- reader.Await(t.Context(), 1000, 10) }()
	ring.Close()
	if err := <-awaited; err != nil {
		t.Error(err)
	}
}

func TestRefreshPulls(t *testing.T) {
	s := newSupply(t, 100)
	s.come(42)
	if head := s.ring.Head(); head != 0 {
		t.Errorf("head %d before, want 0", head)
	}
	s.ring.Refresh()
	if head := s.ring.Head(); head != 42 {
		t.Errorf("head %d, want 42", head)
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("not within a minute")
		}
	}
}
