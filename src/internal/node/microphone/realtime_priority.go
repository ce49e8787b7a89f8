package microphone

import (
	"fmt"
	"sync/atomic"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
	"av_capture/src/internal/process"
)

// threadPriority declares the priority of sound's threads. It has the name that
// ros2_control gives it; the default is PulseAudio's.
var threadPriority = param.Declaration{
	Name:        "thread_priority",
	Default:     param.Int(5),
	Description: "Real-time priority (SCHED_RR) of the threads that take sound from its source and publish it, where the system allows that; 0 for none.",
	Range:       param.IntegerRange{From: 0, To: 99},
}

// realtimePriority is the priority of the threads that one stream's sound passes
// through, so that a slow image, or another program, does not delay it. Several
// threads may use it.
type realtimePriority struct {
	value   int                   // 0 for none
	report  func(error)           // takes the reason for which the system refused it
	refused atomic.Pointer[error] // the same
}

// newPriority returns the priority that the parameters ask for.
func (n *Node) newPriority(config Config) *realtimePriority {
	return &realtimePriority{value: config.ThreadPriority, report: n.logPriorityRefused}
}

// runThread calls f on a thread of its own, and returns when f has.
func (p *realtimePriority) runThread(f func()) { process.RunThread(p.value, p.refuse, f) }

// onFirstPeriod wraps add so that the thread on which the source captures gets the priority: the
// sound system's, which the supply knows, or without a supply the one that first calls add.
func (p *realtimePriority) onFirstPeriod(supply acquire.Supply, add func(media.Period)) func(media.Period) {
	if p.value == 0 {
		return add
	}
	done := false
	return func(period media.Period) {
		if !done {
			done = true
			p.prefer(supply)
		}
		add(period)
	}
}

// prefer gives the priority to the thread on which the source captures.
func (p *realtimePriority) prefer(supply acquire.Supply) {
	thread := 0 // the caller's
	if supply != nil {
		if thread = supply.Thread(); thread == 0 {
			return // there is none but ours, which have it
		}
	}
	if err := process.SetPriority(thread, p.value); err != nil {
		p.refuse(err)
	}
}

func (p *realtimePriority) refuse(err error) {
	if p.refused.CompareAndSwap(nil, &err) {
		p.report(err)
	}
}

// String describes the priority in force, for the diagnostics.
func (p *realtimePriority) String() string {
	switch err := p.refused.Load(); {
	case err != nil:
		return "refused: " + (*err).Error()
	case p.value == 0:
		return "none"
	}
	return fmt.Sprintf("real-time, %d", p.value)
}

// logPriorityRefused logs once that the system allows no priority, and the cure.
func (n *Node) logPriorityRefused(err error) {
	n.priorityRefused.Do(func() {
		n.Log.Infof("no real-time priority for sound, which other programs may delay by some milliseconds (%v): "+
			"let the user have it by \"@audio - rtprio 95\" in /etc/security/limits.d and the group audio, or set thread_priority to 0", err)
	})
}
