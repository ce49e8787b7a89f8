package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/await"
	"av_capture/src/internal/media"
)

const (
	// endLimit bounds the end of a source, from the end of Run's context to the
	// return of Close. The process has 3 s for all.
	endLimit = 1500 * time.Millisecond

	// closeLimit is the least time that Close alone is given.
	closeLimit = 500 * time.Millisecond

	// checkInterval is the time between two checks of a source's blocking call.
	checkInterval = time.Second
)

// Source stands for a source whose calls may hang; its own calls return in time. Each call
// of the source runs on a goroutine of its own, and is left behind when it takes too long:
// when the call returns after all, that goroutine drops its results, and closes the source
// if it is open then.
// The next Open is of a fresh source.
//
// Source keeps the contract of package acquire, and its own caller must keep it too.
type Source[F, D any] struct {
	name   string // for people
	make   func(notice func(string)) (acquire.Source[F, D], error)
	notice func(string)
	left   *Left

	current *instance[F, D] // nil if it was left behind
	stopped time.Time       // when Run was told to end
	hang    atomic.Int32    // calls of this source that were left behind
}

// instance is one source that make has made, to be called by way of Checked.
type instance[F, D any] struct {
	*acquire.Checked[F, D]
	source acquire.Source[F, D] // the same, for its further interfaces

	gone atomic.Bool // it was left behind

	emitting sync.Mutex  // held during emit
	inside   atomic.Bool // whether it is held
}

type (
	Video = Source[media.VideoFormat, *media.Image]
	Audio = Source[media.AudioFormat, media.Period]
)

// NewSource makes the first source. name is for people, as in
// `"x.wav" (file)`. make makes a source that gives its remarks to notice, from any
// goroutine.
func NewSource[F, D any](name string, left *Left, notice func(string), make func(notice func(string)) (acquire.Source[F, D], error)) (*Source[F, D], error) {
	s := &Source[F, D]{name: name, make: make, notice: notice, left: left}
	return s, s.renew()
}

// renew makes a fresh source.
func (s *Source[F, D]) renew() error {
	u := &instance[F, D]{}
	source, err := s.make(func(text string) {
		if !u.gone.Load() && s.notice != nil {
			s.notice(text)
		}
	})
	if err != nil {
		return err
	}
	u.source, u.Checked = source, acquire.Check(source)
	s.current = u
	return nil
}

// patience returns the limits of the source's calls.
func (u *instance[F, D]) patience() acquire.Patience {
	if p, ok := u.source.(acquire.Patient); ok {
		return p.Patience()
	}
	return acquire.DefaultPatience
}

// leave leaves the current source behind, one of whose calls has not returned. It returns
// a function to call when that call has returned and the source is closed.
func (s *Source[F, D]) leave(doing string, since time.Time) (back func()) {
	u := s.current
	s.current = nil
	u.gone.Store(true)
	s.hang.Add(1)
	report := s.left.add(ofSource, doing+" "+s.name, since, u.patience().Cure)
	return func() {
		s.hang.Add(-1)
		report()
	}
}

// Open opens the source. It returns soon after ctx has ended, or when the source's
// patience is over. It fails while too many calls of the source are left behind.
func (s *Source[F, D]) Open(ctx context.Context) (F, error) {
	var none F
	if hang := s.hang.Load(); hang >= mostOfSource {
		return none, fmt.Errorf("%s: %d calls of it hang: it is opened again when one of them has come back", s.name, hang)
	}
	if s.current == nil {
		if err := s.renew(); err != nil {
			return none, err
		}
	}
	u := s.current
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	call := await.Go(func() (F, error) { return u.Open(ctx) })
	late := time.NewTimer(u.patience().Open)
	defer late.Stop()
	var why error
	select {
	case <-call.Done():
		return call.Result()
	case <-ctx.Done():
		why = fmt.Errorf("opening %s: %w", s.name, ctx.Err())
	case <-late.C:
		why = fmt.Errorf("opening %s takes longer than %v", s.name, u.patience().Open)
	}
	cancel()
	if call.Within(endLimit) {
		switch err := call.Err(); {
		case err == nil:
			s.stopped = time.Now()
			_ = s.Close() // it has been logged
		case !errors.Is(err, context.Canceled): // which only says that we have given up
			return none, err
		}
		return none, why
	}
	back := s.leave("opening", call.Begun())
	call.Leave(func(_ F, err error) {
		if err == nil {
			_ = u.Close() // its error concerns no caller any more
		}
		back()
	})
	return none, fmt.Errorf("%w: %w", why, ErrLeft)
}

// Run runs the source. It returns nil soon after ctx has ended, and an error when a read
// of the source hangs. emit is not called after that. thread calls its argument on the
// thread that the source is to run on; nil stands for any thread.
func (s *Source[F, D]) Run(ctx context.Context, thread func(func()), emit func(D)) error {
	u := s.current
	if u == nil {
		return fmt.Errorf("%s: not open", s.name)
	}
	if thread == nil {
		thread = func(run func()) { run() }
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	call := await.Do(func() (err error) {
		thread(func() { err = u.Run(inner, u.guard(emit)) })
		return err
	})
	counter, _ := u.source.(acquire.CallCounter)
	patience := u.patience()
	var checks <-chan time.Time
	if counter != nil && patience.Call > 0 {
		ticker := time.NewTicker(checkInterval)
		defer ticker.Stop()
		checks = ticker.C
	}
	last, same := uint64(0), 0
	for {
		select {
		case <-call.Done():
			s.stopped = time.Now()
			return call.Err()
		case <-ctx.Done():
			s.stopped = time.Now()
			if !call.Within(endLimit) {
				s.leaveRun("ending", s.stopped, u, call)
				return nil
			}
			return call.Err()
		case <-checks:
			// Checks are counted rather than time: a stopped process makes none.
			now := counter.Calls()
			if now%2 == 0 || now != last || u.inside.Load() {
				last, same = now, 0
				continue
			}
			if same++; time.Duration(same)*checkInterval >= patience.Call {
				s.leaveRun("reading", time.Now().Add(-time.Duration(same)*checkInterval), u, call)
				return fmt.Errorf("a read of %s takes longer than %v: %w: %w", s.name, patience.Call, ErrLeft, media.ErrLost)
			}
		}
	}
}

// guard returns emit for as long as the source is not left behind.
func (u *instance[F, D]) guard(emit func(D)) func(D) {
	return func(d D) {
		u.emitting.Lock()
		defer u.emitting.Unlock()
		if u.gone.Load() {
			return
		}
		u.inside.Store(true)
		emit(d)
		u.inside.Store(false)
	}
}

// leaveRun leaves a call of Run behind. It waits for an emit that is under way, which is
// the caller's own.
func (s *Source[F, D]) leaveRun(doing string, since time.Time, u *instance[F, D], run *await.Call[struct{}]) {
	u.emitting.Lock()
	defer u.emitting.Unlock()
	back := s.leave(doing, since)
	run.Leave(func(struct{}, error) {
		_ = u.Close() // its error concerns no caller any more
		back()
	})
}

// Close closes the source, which may be left behind.
func (s *Source[F, D]) Close() error {
	u := s.current
	if u == nil {
		return nil
	}
	call := await.Do(u.Close)
	if call.Within(max(closeLimit, endLimit-call.Begun().Sub(s.stopped))) {
		return call.Err()
	}
	back := s.leave("closing", call.Begun())
	call.Leave(func(struct{}, error) { back() })
	return fmt.Errorf("closing %s: %w", s.name, ErrLeft)
}

// Supply returns the supply of a source that is open, nil if it has none.
func (s *Source[F, D]) Supply() acquire.Supply {
	if s.current == nil {
		return nil
	}
	if source, ok := s.current.source.(acquire.Supplied); ok {
		return source.Supply()
	}
	return nil
}

// Device returns the controls of the source, which answer in time; nil if it has none.
func (s *Source[F, D]) Device() acquire.Controlled {
	if s.current == nil {
		return nil
	}
	device, ok := s.current.source.(acquire.Controlled)
	if !ok {
		return nil
	}
	return &controlled{device: device, name: s.name, left: s.left}
}
