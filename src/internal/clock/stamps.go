package clock

import (
	"sync"
	"time"
)

// StepBound bounds the lead of a topic's stamps over the system's time after that was set
// back: within it they nearly stand still until the system's time has caught up. Beyond it
// they follow.
const StepBound = time.Second

// vague is the width of a reading that is useless for finding steps: the process was stopped
// while it read.
const vague = StepBound / 10

// Stamps converts times on CLOCK_MONOTONIC to the stamps of a node's topics. Stamps are the
// system's time, and follow when it is set; but the stamps of one topic grow, unless the
// system's time is set back beyond StepBound. Each such step is counted, and reported once
// for the whole node.
//
// The zero value is ready, and may be used by several goroutines.
type Stamps struct {
	// Clocks reads the clocks; nil means Read. Set it before use.
	Clocks func() Reading

	mu    sync.Mutex
	last  Reading         // the last one that was compared
	begun bool            // there was one
	ahead time.Duration   // the largest lead of stamps over the system's time
	back  uint64          // steps back beyond StepBound
	news  []time.Duration // steps that were not reported yet
}

// Topic is the state of one topic's stamps. The zero value is ready.
type Topic struct {
	last time.Time // the newest stamp
	back uint64    // steps back that it has followed
}

// Of returns the stamp of data of a topic that were acquired at a time on CLOCK_MONOTONIC:
// the system's time then, or a nanosecond more than the topic's last stamp if that is later.
//
// It allocates nothing unless the clock was set.
func (s *Stamps) Of(topic *Topic, monotonic time.Duration) time.Time {
	now := s.read() // before the lock, since a thread with real-time priority may wait for that
	s.mu.Lock()
	defer s.mu.Unlock()
	stamp := s.compare(now).SystemAt(monotonic)
	if topic.back == s.back && !stamp.After(topic.last) {
		stamp = topic.last.Add(1)
	}
	topic.last, topic.back = stamp, s.back
	return stamp
}

// Restart permits that the next stamp of a topic is an earlier one.
func (s *Stamps) Restart(topic *Topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	topic.last = time.Time{}
}

// Steps returns the number of times that the system's time was set back beyond StepBound
// since the first reading, and the steps since the last call: positive forward, negative
// back. The machine's sleep, in which CLOCK_MONOTONIC stands still, is a step forward too.
func (s *Stamps) Steps() (back uint64, news []time.Duration) {
	now := s.read()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.compare(now)
	news, s.news = s.news, nil
	return s.back, news
}

func (s *Stamps) read() Reading {
	if s.Clocks != nil {
		return s.Clocks()
	}
	return Read()
}

// compare compares a reading of the clocks with the last one: NTP slews both alike, a step
// changes the system's time alone. It returns the reading to use, which is the last one if
// this one is vague or older. s.mu is held.
func (s *Stamps) compare(now Reading) Reading {
	switch {
	case !s.begun && now.Width > vague:
		return now
	case s.begun && (now.Width > vague || now.At < s.last.At):
		return s.last
	case s.begun:
		passed := now.At - s.last.At
		step := now.System.Sub(s.last.System) - passed
		// Steps back add up unless the system's time has caught up in between.
		s.ahead = max(0, max(0, s.ahead-passed)-step)
		switch {
		case s.ahead > StepBound:
			s.news = append(s.news, -s.ahead)
			s.back++
			s.ahead = 0
		case step > StepBound:
			s.news = append(s.news, step)
		}
	}
	s.last, s.begun = now, true
	return now
}
