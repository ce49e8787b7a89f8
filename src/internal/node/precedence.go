package node

import (
	"fmt"
	"sync/atomic"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/param"
	"av_capture/src/internal/scheduling"
)

// threadPriority declares the priority of sound's threads. It has the name that
// ros2_control gives it; the default is PulseAudio's.
var threadPriority = param.Declaration{
	Name:        "thread_priority",
	Default:     param.Int(5),
	Description: "Real-time priority (SCHED_RR) of the threads that take sound from its source and publish it, where the system allows that; 0 for none.",
	Range:       param.IntegerRange{From: 0, To: 99},
}

// precedence has the threads that sound passes through in one opening of the
// source go before others, so that a slow image, of ours or of anybody's, does
// not delay it. Several threads may use it.
type precedence struct {
	own      bool                  // the threads are sound's own
	priority int                   // of them; 0 for none
	tell     func(error)           // takes why the system does not allow it
	refused  atomic.Pointer[error] // the same
}

// precedence returns what an opening of the source with these parameters needs.
// A hurried source has time, and would leave others none.
func (m *Microphone) precedence(config MicrophoneConfig) *precedence {
	if config.hurried() {
		return &precedence{}
	}
	return &precedence{own: true, priority: config.ThreadPriority, tell: m.tellRefusal}
}

// run calls f, on a thread of its own if that is wanted, and returns when f has.
func (p *precedence) run(f func()) {
	if p.own {
		scheduling.Run(p.priority, p.refuse, f)
	} else {
		f()
	}
}

// first returns add, which may be called by a thread of the sound system's. It
// goes before others from the first call on.
func (p *precedence) first(add func(acquire.Period)) func(acquire.Period) {
	if p.priority == 0 {
		return add
	}
	preferred := false
	return func(period acquire.Period) {
		if !preferred {
			preferred = true
			if err := scheduling.Prefer(p.priority); err != nil {
				p.refuse(err)
			}
		}
		add(period)
	}
}

// soundReader returns the reader of who publishes sound.
func (c *capture) soundReader() *buffer.Reader {
	if c.precedence.own {
		return c.ring.NewThreadReader()
	}
	return c.reader()
}

func (p *precedence) refuse(err error) {
	if p.refused.CompareAndSwap(nil, &err) {
		p.tell(err)
	}
}

// String says what is in force, for the diagnostics.
func (p *precedence) String() string {
	switch err := p.refused.Load(); {
	case err != nil:
		return "refused: " + (*err).Error()
	case p.priority == 0:
		return "none"
	}
	return fmt.Sprintf("real-time, %d", p.priority)
}

// tellRefusal says once that the system allows no priority, and what to do.
func (m *Microphone) tellRefusal(err error) {
	m.refusal.Do(func() {
		m.log.Infof("no real-time priority for sound, which other programs may delay by some milliseconds (%v): "+
			"let the user have it by \"@audio - rtprio 95\" in /etc/security/limits.d and the group audio, or set thread_priority to 0", err)
	})
}
