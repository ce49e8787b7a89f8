package buffer_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"av_capture/src/internal/buffer"
)

// The frames of these tests are four bytes that hold their own index.
const frameSize = 4

func frames(first uint64, n int) []byte {
	data := make([]byte, 0, n*frameSize)
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, uint32(first)+uint32(i))
	}
	return data
}

// checkRead reads a block and checks its indices and its content.
func checkRead(t *testing.T, r *buffer.Reader, at uint64, size int, wantFirst uint64, wantN int, wantErr error) {
	t.Helper()
	dst := make([]byte, size*frameSize)
	first, n, err := r.Read(t.Context(), at, dst)
	if first != wantFirst || n != wantN || !errors.Is(err, wantErr) {
		t.Errorf("Read(%d, %d frames) = %d, %d, %v, want %d, %d, %v", at, size, first, n, err, wantFirst, wantN, wantErr)
		return
	}
	if got, want := dst[:n*frameSize], frames(first, n); !bytes.Equal(got, want) {
		t.Errorf("Read(%d, %d frames) holds %x, want %x", at, size, got, want)
	}
}

func TestRingDropsOldest(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	ring.Write(frames(0, 7))
	ring.Write(frames(7, 7))
	if got := ring.Oldest(); got != 4 {
		t.Errorf("oldest frame %d, want 4", got)
	}
	if got := ring.Head(); got != 14 {
		t.Errorf("head %d, want 14", got)
	}
	r := ring.NewReader()
	checkRead(t, r, 0, 5, 4, 5, nil)
	checkRead(t, r, 9, 5, 9, 5, nil)
}

func TestRingKeepsNewestOfLargeWrite(t *testing.T) {
	ring := buffer.NewRing(frameSize, 4, 100)
	ring.Write(frames(100, 1))
	ring.Write(frames(101, 11))
	checkRead(t, ring.NewReader(), 100, 4, 108, 4, nil)
}

func TestReadersDoNotDisturbEachOther(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	ring.Write(frames(0, 10))
	a, b := ring.NewReader(), ring.NewReader()
	checkRead(t, a, 0, 4, 0, 4, nil)
	checkRead(t, a, 4, 4, 4, 4, nil)
	checkRead(t, b, 0, 4, 0, 4, nil)
}

func TestReadsMayOverlap(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	ring.Write(frames(0, 10))
	r := ring.NewReader()
	for at := uint64(0); at+4 <= 10; at++ {
		checkRead(t, r, at, 4, at, 4, nil)
	}
}

func TestGapYieldsShortBlockThenLoss(t *testing.T) {
	ring := buffer.NewRing(frameSize, 20, 0)
	ring.Write(frames(0, 3))
	ring.Skip(100)
	ring.Skip(5)
	ring.Write(frames(108, 6))
	r := ring.NewReader()
	checkRead(t, r, 0, 5, 0, 3, nil)
	checkRead(t, r, 3, 5, 108, 5, nil)
	checkRead(t, r, 50, 5, 108, 5, nil)
}

// bothKinds returns a reader for a goroutine and one for a thread.
func bothKinds(t testing.TB, ring *buffer.Ring) []*buffer.Reader {
	return []*buffer.Reader{ring.NewReader(), threadReader(t, ring)}
}

func threadReader(t testing.TB, ring *buffer.Ring) *buffer.Reader {
	t.Helper()
	reader, err := ring.NewThreadReader()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reader.Release)
	return reader
}

func TestGapEndsAWait(t *testing.T) {
	ring := buffer.NewRing(frameSize, 20, 0)
	ring.Write(frames(0, 3))
	var waits sync.WaitGroup
	for _, reader := range bothKinds(t, ring) {
		waits.Add(1)
		go func() {
			defer waits.Done()
			checkRead(t, reader, 0, 5, 0, 3, nil)
		}()
	}
	ring.Skip(1)
	waits.Wait()
}

func TestGapDoesNotEvict(t *testing.T) {
	ring := buffer.NewRing(frameSize, 4, 0)
	ring.Write(frames(0, 2))
	ring.Skip(1000)
	ring.Write(frames(1002, 2))
	r := ring.NewReader()
	checkRead(t, r, 0, 4, 0, 2, nil)
	ring.Write(frames(1004, 1))
	checkRead(t, r, 0, 4, 1, 1, nil)
	checkRead(t, r, 2, 3, 1002, 3, nil)
}

func TestCloseDrainsThenEnds(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	ring.Write(frames(0, 6))
	ring.Skip(3)
	ring.Close()
	ring.Close()
	r := ring.NewReader()
	checkRead(t, r, 0, 4, 0, 4, nil)
	checkRead(t, r, 4, 4, 4, 2, nil)
	checkRead(t, r, 6, 4, 9, 0, io.EOF) // the three lost last are told too
	checkRead(t, r, 9, 4, 9, 0, io.EOF)
}

func TestCloseEndsAWait(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	ring.Write(frames(0, 2))
	var waits sync.WaitGroup
	for _, reader := range bothKinds(t, ring) {
		waits.Add(1)
		go func() {
			defer waits.Done()
			checkRead(t, reader, 0, 4, 0, 2, nil)
			checkRead(t, reader, 2, 4, 2, 0, io.EOF)
		}()
	}
	ring.Close()
	waits.Wait()
}

func TestCancelEndsAWait(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	r := ring.NewReader()
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() {
		_, _, err := r.Read(ctx, 0, make([]byte, frameSize))
		errs <- err
	}()
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("Read returned %v, want %v", err, context.Canceled)
	}
	// The reader is as good as new, and the ring has forgotten its wait.
	ring.Write(frames(0, 4))
	checkRead(t, r, 0, 4, 0, 4, nil)
}

// TestCancelAtTheSameTimeAsWrite lets a write and a cancel meet in any order:
// a leftover of this wait must not end the reader's next one.
func TestCancelAtTheSameTimeAsWrite(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	r := ring.NewReader()
	at := uint64(0)
	for range 2000 {
		ctx, cancel := context.WithCancel(t.Context())
		var both sync.WaitGroup
		both.Add(1)
		go func() {
			defer both.Done()
			cancel()
		}()
		both.Add(1)
		go func() {
			defer both.Done()
			ring.Write(frames(at, 1))
		}()
		first, n, err := r.Read(ctx, at, make([]byte, frameSize))
		both.Wait()
		if err == nil && (first != at || n != 1) {
			t.Fatalf("Read(%d) = %d, %d", at, first, n)
		}
		at++
	}
}

func TestWhatIsHeldIsReadAfterItsRelease(t *testing.T) {
	ring := buffer.NewRing(frameSize, 20, 0)
	ring.Write(frames(0, 3))
	ring.Hold()
	ring.Write(frames(103, 2))
	ring.Hold() // changes nothing
	ring.Write(frames(105, 4))
	if got := ring.Head(); got != 3 {
		t.Errorf("head %d while 6 frames are held, want 3", got)
	}
	if _, n := ring.Snapshot(make([]byte, 20*frameSize)); n != 3 {
		t.Errorf("snapshot of %d frames while 6 are held, want 3", n)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := ring.NewReader()
		checkRead(t, r, 0, 5, 0, 3, nil) // ends before the gap
		checkRead(t, r, 3, 6, 103, 6, nil)
	}()
	ring.Release(100)
	<-done
	ring.Hold()
	ring.Write(frames(109, 1))
	ring.Release(0)
	ring.Release(7) // nothing is held
	checkRead(t, ring.NewReader(), 103, 7, 103, 7, nil)
	ring.Hold()
	ring.Write(frames(110, 1))
	ring.Close()
	checkRead(t, ring.NewReader(), 110, 1, 110, 1, nil)
}

func TestWhatIsHeldMayBeGivenInParts(t *testing.T) {
	ring := buffer.NewRing(frameSize, 20, 0)
	r := ring.NewReader()
	ring.Advance(5) // nothing is held
	ring.Write(frames(0, 2))
	ring.Hold()
	ring.Write(frames(2, 3))
	ring.Write(frames(15, 1))
	done := make(chan struct{})
	go func() {
		defer close(done)
		checkRead(t, r, 0, 5, 0, 5, nil)
	}()
	ring.Advance(3)
	<-done
	ring.Release(10)
	ring.Close()
	checkRead(t, r, 5, 5, 15, 1, nil)
	checkRead(t, r, 16, 5, 16, 0, io.EOF)
}

func TestSnapshotIsTheNewestWithoutAGap(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	check := func(size int, wantFirst uint64, wantN int) {
		t.Helper()
		dst := make([]byte, size*frameSize)
		first, n := ring.Snapshot(dst)
		if first != wantFirst || n != wantN {
			t.Errorf("Snapshot(%d frames) = %d, %d, want %d, %d", size, first, n, wantFirst, wantN)
		}
		if want := frames(first, n); !bytes.Equal(dst[:n*frameSize], want) {
			t.Errorf("Snapshot(%d frames) holds %x, want %x", size, dst[:n*frameSize], want)
		}
	}
	check(10, 0, 0)
	ring.Write(frames(0, 4))
	check(10, 0, 4)
	check(3, 1, 3)
	ring.Write(frames(4, 9))
	check(20, 3, 10)
	ring.Skip(7)
	check(20, 20, 0)
	ring.Write(frames(20, 2))
	check(20, 20, 2)
}

// TestStalledReaderCountsEveryLostFrame stops reading while the ring overflows
// several times, and adds up the frames that it read and those reported as lost.
func TestStalledReaderCountsEveryLostFrame(t *testing.T) {
	ring := buffer.NewRing(frameSize, 64, 0)
	r := ring.NewReader()
	dst := make([]byte, 10*frameSize)
	var at, got, lost, want uint64
	write := func(n int) { ring.Write(frames(want, n)); want += uint64(n) }
	read := func() error {
		first, n, err := r.Read(t.Context(), at, dst)
		if !bytes.Equal(dst[:n*frameSize], frames(first, n)) {
			t.Fatalf("frames from %d on hold %x", first, dst[:n*frameSize])
		}
		lost += first - at
		got += uint64(n)
		at = first + uint64(n)
		return err
	}

	write(30)
	for range 3 {
		if err := read(); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 { // the reader stalls
		write(7)
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	if wantLost := uint64(50*7 - 64); lost != wantLost {
		t.Errorf("lost %d frames, want %d", lost, wantLost)
	}
	ring.Close()
	for {
		if err := read(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if got+lost != want {
		t.Errorf("read %d and lost %d frames of %d", got, lost, want)
	}
}

// model is the simplest ring: a list of the frames still there.
type model struct {
	capacity int
	head     uint64
	kept     []uint64
	held     []uint64 // takes room from kept
}

func (m *model) write(n int) {
	for range n {
		m.kept = append(m.kept, m.head)
		m.head++
	}
	m.evict()
}

// hold writes n frames that are held back, the first of all with the index first.
func (m *model) hold(first uint64, n int) {
	for i := range n {
		m.held = append(m.held, first+uint64(i))
	}
	m.evict()
}

func (m *model) evict() {
	m.held = m.held[max(0, len(m.held)-m.capacity):]
	m.kept = m.kept[max(0, len(m.kept)-(m.capacity-len(m.held))):]
}

// release releases the frames that are held back; next is the index after them.
func (m *model) release(next uint64) {
	m.kept, m.held = append(m.kept, m.held...), nil
	m.head = next
}

// read returns the result of a read that need not wait.
func (m *model) read(at uint64, want int, closed bool) (first uint64, n int, waits bool) {
	for i, index := range m.kept {
		if index < at {
			continue
		}
		n = 1
		for n < want && i+n < len(m.kept) && m.kept[i+n] == index+uint64(n) {
			n++
		}
		reachesEnd := i+n == len(m.kept) && m.head == index+uint64(n)
		return index, n, n < want && reachesEnd && !closed
	}
	return max(at, m.head), 0, !closed
}

func TestRingEqualsModel(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		capacity := 1 + rng.IntN(20)
		start := rng.Uint64N(1000)
		ring := buffer.NewRing(frameSize, capacity, start)
		m := &model{capacity: capacity, head: start}
		reader := ring.NewReader()
		stopped, stop := context.WithCancel(t.Context())
		stop() // a read that would wait returns at once
		closed, holding := false, false
		var lost, next uint64 // before what is held, and the index behind it
		for step := range 300 {
			switch op := rng.IntN(10); {
			case op == 9 && !closed && !holding:
				holding, lost = true, rng.Uint64N(2)*rng.Uint64N(30)
				next = m.head + lost
				ring.Hold()
			case op == 9 && holding || step > 290 && holding:
				holding = false
				ring.Release(lost)
				m.release(next)
			case op < 5 && holding:
				n := rng.IntN(capacity + 1)
				ring.Write(frames(next, n))
				m.hold(next, n)
				next += uint64(n)
			case op < 4 && !closed:
				n := rng.IntN(2*capacity + 1)
				ring.Write(frames(m.head, n))
				m.write(n)
			case op < 5 && !closed:
				n := rng.Uint64N(30)
				ring.Skip(n)
				m.head += n
			case step > 290 && !closed:
				ring.Close()
				closed = true
			default:
				oldest := max(m.head, 40) - 40
				at := oldest + rng.Uint64N(50)
				want := 1 + rng.IntN(capacity)
				dst := make([]byte, want*frameSize)
				first, n, err := reader.Read(stopped, at, dst)
				wantFirst, wantN, waits := m.read(at, want, closed)
				switch {
				case waits:
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("seed %d step %d: Read(%d, %d) = %d, %d, %v, want a wait", seed, step, at, want, first, n, err)
					}
				case first != wantFirst || n != wantN || (err == io.EOF) != (wantN == 0):
					t.Fatalf("seed %d step %d: Read(%d, %d) = %d, %d, %v, want %d, %d", seed, step, at, want, first, n, err, wantFirst, wantN)
				case !bytes.Equal(dst[:n*frameSize], frames(first, n)):
					t.Fatalf("seed %d step %d: frames from %d on hold %x", seed, step, first, dst[:n*frameSize])
				}
			}
			if got := ring.Head(); got != m.head {
				t.Fatalf("seed %d step %d: head %d, want %d", seed, step, got, m.head)
			}
		}
	}
}

// TestConcurrentReadersAccountForEveryFrame runs a writer as fast as it can
// against readers of different block sizes. With any schedule the frames read are right,
// and read plus lost is all.
func TestConcurrentReadersAccountForEveryFrame(t *testing.T) {
	const total = 200_000
	ring := buffer.NewRing(frameSize, 1000, 0)
	var readers sync.WaitGroup
	for i, size := range []int{1, 1, 7, 7, 441, 441, 1000, 1000} {
		reader := bothKinds(t, ring)[i%2]
		readers.Add(1)
		go func() {
			defer readers.Done()
			dst := make([]byte, size*frameSize)
			var at, got, lost uint64
			for {
				first, n, err := reader.Read(t.Context(), at, dst)
				if !bytes.Equal(dst[:n*frameSize], frames(first, n)) {
					t.Errorf("blocks of %d: wrong content from %d on", size, first)
					return
				}
				lost += first - at
				got += uint64(n)
				at = first + uint64(n)
				if err == io.EOF {
					break
				}
			}
			if got+lost != total {
				t.Errorf("blocks of %d: read %d and lost %d frames of %d", size, got, lost, total)
			}
		}()
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for at := uint64(0); at < total; {
		n := min(uint64(rng.IntN(100)), total-at)
		if rng.IntN(50) == 0 {
			ring.Skip(n)
		} else {
			ring.Write(frames(at, int(n)))
		}
		at += n
	}
	ring.Close()
	readers.Wait()
}

func TestManyGapsForgetTheOldest(t *testing.T) {
	ring := buffer.NewRing(frameSize, 1000, 0)
	for i := range uint64(500) {
		ring.Write(frames(2*i, 1))
		ring.Skip(1)
	}
	r := ring.NewReader()
	dst := make([]byte, frameSize)
	var at, got, lost uint64
	ring.Close()
	for {
		first, n, err := r.Read(t.Context(), at, dst)
		lost += first - at
		got += uint64(n)
		at = first + uint64(n)
		if err == io.EOF {
			break
		}
	}
	if got == 0 || got+lost != 1000 {
		t.Errorf("read %d and lost %d frames of 1000", got, lost)
	}
}

func TestRingAllocatesNothing(t *testing.T) {
	ring := buffer.NewRing(frameSize, 1000, 0)
	r := ring.NewReader()
	block, dst := frames(0, 10), make([]byte, 10*frameSize)
	at := uint64(0)
	if got := testing.AllocsPerRun(1000, func() {
		ring.Write(block)
		_, n, err := r.Read(t.Context(), at, dst)
		if err != nil {
			t.Fatal(err)
		}
		at += uint64(n)
		ring.Skip(3)
		ring.Hold()
		ring.Release(2)
		at += 5
	}); got != 0 {
		t.Errorf("%v allocations per block, want 0", got)
	}
}

// BenchmarkWrite is the writer's cost per block of 441 mono S16 frames, with
// nobody waiting.
func BenchmarkWrite(b *testing.B) {
	ring := buffer.NewRing(2, 66000, 0)
	block := make([]byte, 441*2)
	b.SetBytes(int64(len(block)))
	b.ReportAllocs()
	for b.Loop() {
		ring.Write(block)
	}
}

// BenchmarkWriteWakes is the way of a block to a reader that waits for it:
// write, wake-up, copy, and the answer that it came. The writer's part is less.
func BenchmarkWriteWakes(b *testing.B) {
	for name, kind := range map[string]int{"goroutine": 0, "thread": 1} {
		b.Run(name, func(b *testing.B) {
			ring := buffer.NewRing(2, 66000, 0)
			block := make([]byte, 441*2)
			came := make(chan struct{})
			var reader sync.WaitGroup
			reader.Add(1)
			go func() {
				defer reader.Done()
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				r := bothKinds(b, ring)[kind]
				dst := make([]byte, len(block))
				at := uint64(0)
				for {
					first, n, err := r.Read(b.Context(), at, dst)
					if err != nil {
						return
					}
					at = first + uint64(n)
					came <- struct{}{}
				}
			}()
			b.ReportAllocs()
			for b.Loop() {
				ring.Write(block)
				<-came
			}
			ring.Close()
			reader.Wait()
		})
	}
}

// TestCopyPutsFramesInTheirPlaces: the places of missing frames stay untouched.
func TestCopyPutsFramesInTheirPlaces(t *testing.T) {
	ring := buffer.NewRing(1, 6, 10)
	ring.Write([]byte("abc")) // 10 to 12
	ring.Skip(2)
	ring.Write([]byte("fg")) // 15 and 16
	for _, c := range []struct {
		at     uint64
		want   string
		copied int
	}{
		{10, "abc--fg", 5},
		{8, "--abc--fg--", 5},
		{11, "bc", 2},
		{12, "c--f", 2},
		{13, "--", 0},
		{17, "---", 0},
		{0, "---", 0},
	} {
		dst := bytes.Repeat([]byte{'-'}, len(c.want))
		if copied := ring.Copy(c.at, dst); string(dst) != c.want || copied != c.copied {
			t.Errorf("from %d: %q, %d copied, want %q, %d", c.at, dst, copied, c.want, c.copied)
		}
	}
	ring.Write([]byte("hi")) // 17 and 18, over a
	for _, c := range []struct {
		places      int
		first, head uint64
		want        string
		copied      int
	}{
		{6, 13, 19, "--fghi", 4},
		{9, 10, 19, "-bc--fghi", 6},
		{2, 17, 19, "hi", 2},
		{30, 0, 19, "-----------bc--fghi-----------", 6},
	} {
		dst := bytes.Repeat([]byte{'-'}, c.places)
		first, head, copied := ring.Latest(dst)
		if string(dst) != c.want || first != c.first || head != c.head || copied != c.copied {
			t.Errorf("latest %d: %q from %d to %d, %d copied, want %+v", c.places, dst, first, head, copied, c)
		}
	}
}

// TestRoomWaitsForReadersThatKeep: a writer that never pauses and two readers, of which
// one takes small steps and one leaves frames out; both get all that they ask for.
func TestRoomWaitsForReadersThatKeep(t *testing.T) {
	const total = 5000
	ring := buffer.NewRing(frameSize, 20, 100)
	var reading sync.WaitGroup
	for _, step := range []uint64{3, 17} {
		r := ring.NewReader()
		r.Keep(100)
		reading.Add(1)
		go func() {
			defer reading.Done()
			defer r.Release()
			dst := make([]byte, 10*frameSize)
			for at := uint64(100); at+10 <= 100+total; at += step {
				if first, n, err := r.Read(t.Context(), at, dst); first != at || n != 10 || err != nil {
					t.Errorf("Read(%d) = %d, %d, %v, want all ten", at, first, n, err)
					return
				}
			}
		}()
	}
	for at := uint64(100); at < 100+total; at += 10 {
		if err := ring.Room(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		ring.Write(frames(at, 10))
	}
	reading.Wait()
	if err := ring.Room(t.Context(), 20); err != nil {
		t.Errorf("room after all readers have released: %v", err)
	}
}

func TestRoomEndsWithItsContext(t *testing.T) {
	ring := buffer.NewRing(frameSize, 10, 0)
	ring.NewReader().Keep(0)
	if err := ring.Room(t.Context(), 10); err != nil {
		t.Errorf("room in an empty ring: %v", err)
	}
	ring.Write(frames(0, 10))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ring.Room(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("room in a full ring that nobody reads: %v, want %v", err, context.Canceled)
	}
}
