//go:build go1.25

package program

import (
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// ended is a process that notes its end.
type ended struct {
	*Process
	signals chan os.Signal
	begun   time.Time

	mu     sync.Mutex
	stderr strings.Builder
	status []int
	after  []time.Duration
}

func (e *ended) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stderr.Write(b)
}

func start(t *testing.T) *ended {
	e := &ended{signals: make(chan os.Signal, 2), begun: time.Now()}
	e.Process = newProcess("program", e, func(status int) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.status, e.after = append(e.status, status), append(e.after, time.Since(e.begun))
	})
	go e.serve(e.signals)
	t.Cleanup(func() { // within synctest, all goroutines end
		for range 2 {
			select {
			case e.signals <- os.Interrupt:
			default:
			}
			time.Sleep(2 * echo)
		}
		time.Sleep(time.Minute)
	})
	return e
}

// want requires that the process has ended once, at this time, with this text.
func (e *ended) want(t *testing.T, status int, after time.Duration, text string) {
	t.Helper()
	synctest.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.status) != 1 || e.status[0] != status || e.after[0] != after || !strings.Contains(e.stderr.String(), text) || strings.Count(e.stderr.String(), "\n") != 1 {
		t.Errorf("exit %v after %v with %q, want %d after %v with %q in one line", e.status, e.after, e.stderr.String(), status, after, text)
	}
}

func TestWhatHangsIsEndedByForceInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t)
		e.Doing("the source of /camera")
		e.Doing("the executor")() // has ended
		time.Sleep(time.Hour)
		e.begun = time.Now()
		e.signals <- syscall.SIGTERM
		synctest.Wait()
		if e.Context().Err() == nil {
			t.Error("the context has not ended")
		}
		time.Sleep(endLimit - time.Millisecond)
		e.want(t, ExitForced, endLimit-tick-writeLimit, "program: ended by force 3s after SIGTERM: what had not ended: the source of /camera\n")
	})
}

func TestASecondSignalEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t)
		e.signals <- os.Interrupt
		time.Sleep(time.Second)
		e.signals <- syscall.SIGTERM
		e.want(t, ExitForced, time.Second, "at once, by a second SIGTERM: what had not ended: nothing that is known")
	})
}

// timeout signals a program and then its group. When a terminal is closed, both the shell and
// the system signal.
func TestSignalsAtOnceAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t)
		e.signals <- syscall.SIGTERM
		e.signals <- syscall.SIGHUP
		time.Sleep(echo - time.Millisecond)
		e.signals <- syscall.SIGTERM
		synctest.Wait()
		e.mu.Lock()
		if len(e.status) != 0 {
			t.Errorf("exit %v after %v with %q, want it to end in order", e.status, e.after, e.stderr.String())
		}
		e.mu.Unlock()
		time.Sleep(2 * time.Millisecond)
		e.signals <- os.Interrupt // a person's
		e.want(t, ExitForced, echo+time.Millisecond, "at once, by a second SIGINT")
	})
}

func TestAFaultKeepsItsStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t)
		e.End(2)
		e.End(1)
		time.Sleep(endLimit)
		e.want(t, 2, endLimit-tick-writeLimit, "after a fault")
	})
}

func TestWhatIsAliveIsNotEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t)
		e.signals <- os.Interrupt
		for range 10 {
			time.Sleep(time.Second + tick/2)
			e.Alive()
		}
		time.Sleep(endLimit)
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.status) != 1 || e.after[0] < 10*time.Second+endLimit-2*tick-writeLimit {
			t.Errorf("exit %v after %v", e.status, e.after)
		}
	})
}

// stuck is a terminal that stands still.
type stuck struct{ until chan struct{} }

func (s stuck) Write(b []byte) (int, error) {
	<-s.until
	return len(b), nil
}

func TestATerminalThatStandsStillIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		terminal := stuck{make(chan struct{})}
		p := newProcess("program", terminal, func(status int) {
			if took := time.Since(begun); status != 2 || took != writeLimit {
				t.Errorf("exit %d after %v", status, took)
			}
		})
		p.Exit(2, "a fault")
		close(terminal.until)
	})
}
