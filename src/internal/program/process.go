package program

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// endLimit bounds the time from the first signal to the end of the process.
	endLimit = 3 * time.Second

	// echo is the time after the first signal in which further ones mean the same. Several
	// come at once where a shell and the system, or a program and its group, are told to
	// end: a terminal that is closed, timeout.
	echo = 400 * time.Millisecond

	// tick is the unit in which the end is timed. Ticks are counted instead of time: a
	// machine too busy for a tick is too busy for the end as well.
	tick = 100 * time.Millisecond

	// writeLimit bounds the writing of the last lines, half of it for those of the log: a
	// terminal may stand still.
	writeLimit = 300 * time.Millisecond
)

// Process is this process, which ends in time whatever hangs: a driver, a sound system, a
// disk, the middleware. A signal asks it to end, and its work then ends in order. Work that
// has not ended within endLimit is ended by force, with a line that names it; so it is at
// once by a second signal that does not come together with the first. Any goroutine may use
// it.
type Process struct {
	name   string // begins all lines
	stderr io.Writer
	flush  func(limit time.Duration) bool // writes earlier lines of log and output
	exit   func(status int)

	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	doing  []*string // work under way, in the order of its begin
	ticks  int       // since the end began, or since the last call of Alive
	ending bool      // the end has begun
}

func newProcess(name string, stderr io.Writer, exit func(int)) *Process {
	p := &Process{name: name, stderr: stderr, exit: exit, flush: func(time.Duration) bool { return true }}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// handleSignals handles SIGINT, SIGTERM and SIGHUP from now on.
//
// SIGHUP is the end of the session: a terminal that is closed, ssh that is cut off. nohup
// has it ignored, so that the process outlives the session.
func (p *Process) handleSignals() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go p.serve(signals)
}

// serve takes the signals.
func (p *Process) serve(signals <-chan os.Signal) {
	number := <-signals
	p.begin(ExitForced, fmt.Sprintf("%v after %v", endLimit, signalName(number)))
	over := time.NewTimer(echo)
	defer over.Stop()
	for echoing := true; echoing; {
		select {
		case <-signals:
		case <-over.C:
			echoing = false
		}
	}
	number = <-signals
	p.force(ExitForced, "at once, by a second "+signalName(number))
}

func signalName(number os.Signal) string {
	switch number {
	case os.Interrupt:
		return "SIGINT"
	case syscall.SIGTERM:
		return "SIGTERM"
	case syscall.SIGHUP:
		return "SIGHUP"
	}
	return number.String()
}

// Context ends when the process is asked to end.
func (p *Process) Context() context.Context { return p.ctx }

// Doing implements [Lifetime].
func (p *Process) Doing(what string) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	entry := &what
	p.doing = append(p.doing, entry)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.doing = slices.DeleteFunc(p.doing, func(e *string) bool { return e == entry })
	}
}

// Alive implements [Lifetime].
func (p *Process) Alive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ticks = 0
}

// End implements [Lifetime].
func (p *Process) End(status int) {
	p.begin(status, fmt.Sprintf("%v after a fault", endLimit))
}

// begin begins the end, unless it has begun.
func (p *Process) begin(status int, when string) {
	p.mu.Lock()
	began := p.ending
	p.ending = true
	p.mu.Unlock()
	if !began {
		p.cancel()
		go p.watch(status, when)
	}
}

// watch ends the process by force when its time is over.
func (p *Process) watch(status int, when string) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for p.wait() {
		<-ticker.C
	}
	p.force(status, when)
}

// wait counts a tick, and reports whether time is left for another.
func (p *Process) wait() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ticks++
	return time.Duration(p.ticks)*tick < endLimit-writeLimit
}

// force ends the process now.
func (p *Process) force(status int, when string) {
	p.mu.Lock()
	var doing []string
	for _, what := range p.doing {
		doing = append(doing, *what)
	}
	p.mu.Unlock()
	if doing == nil {
		doing = []string{"nothing that is known"}
	}
	p.Exit(status, fmt.Sprintf("ended by force %s: what had not ended: %s", when, strings.Join(doing, ", ")))
}

// Exit ends the process with a last line after those of the log; "" is for none. It does
// not wait for a terminal that stands still.
func (p *Process) Exit(status int, line string) {
	deadline := time.Now().Add(writeLimit)
	p.flush(writeLimit / 2)
	if line != "" {
		written := make(chan struct{})
		go func() {
			defer close(written)
			fmt.Fprintf(p.stderr, "%s: %s\n", p.name, line)
		}()
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		select {
		case <-written:
		case <-timer.C:
		}
	}
	p.exit(status)
}
