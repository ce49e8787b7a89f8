package main

import "sync/atomic"

// microphone is the state that the sound depends on.
type microphone struct {
	next   int          // index of the next audio frame; of the goroutine that sends
	ppm    rateError    // of its clock
	lose   atomic.Int64 // audio frames that are to be lost
	silent atomic.Bool  // zeros in place of noise
}

// sendSound sends sound until stop: a packet for each millisecond of the host's clock, with as
// many audio frames as the microphone's own clock has acquired in it.
func (s *session) sendSound(stop <-chan struct{}) {
	start := monotonic()
	a := audio{session: s, stop: stop, second: start,
		clock: newSoundClock(s.sampleRate, s.mic.ppm.Load(), start, s.mic.next)}
	a.reported = s.mic.next
	s.record.write("sound stream", entries{"first": s.mic.next, "rate": s.sampleRate,
		"channels": s.channels, "at": start})
	a.run()
	a.report()
	s.mic.next = a.clock.sent
}

// audio is the way of sound to the host.
type audio struct {
	*session
	stop     <-chan struct{}
	clock    *soundClock
	event    int64 // instant of the last event that was heard
	answers  answers
	second   int64 // the second that is to be reported: its instant,
	reported int   // its first audio frame
}

func (a *audio) run() {
	now := a.clock.ended
	for {
		t := a.bus.take(epAudio, a.stop, false)
		if t == nil {
			// The host waits for what it has asked for.
			if a.bus.send(&a.answers) != nil {
				return
			}
			if t = a.bus.take(epAudio, a.stop, true); t == nil {
				return
			}
		}
		if end := a.clock.ended + int64(len(t.packets))*packetPeriod; end > now {
			if a.bus.send(&a.answers) != nil ||
				!sleepUntil(end+int64(a.batch-1)*packetPeriod, a.stop) {
				return
			}
			now = monotonic()
		}
		a.answers.begin(t)
		for _, p := range t.packets {
			a.packet(p.room)
			a.answers.endPacket()
		}
		a.answers.end(statusOK)
		if len(a.answers.parts) >= a.batch && a.bus.send(&a.answers) != nil {
			return
		}
	}
}

// packet appends the sound of the next packet.
func (a *audio) packet(room int) {
	a.clock.setPPM(a.mic.ppm.Load())
	first, count := a.clock.packet(room / (2 * a.channels))
	if lost := int(min(a.mic.lose.Load(), int64(count))); lost > 0 {
		// They were acquired, and are not sent.
		a.mic.lose.Add(-int64(lost))
		a.record.write("lost", entries{"first": first, "frames": lost})
		first, count = first+lost, count-lost
	}
	at := len(a.answers.bytes)
	switch {
	case a.events.wantedNow():
		a.answers.bytes = appendSilence(a.answers.bytes, count, a.channels)
		a.clicks(a.answers.bytes[at:], first, count)
	case a.mic.silent.Load():
		a.answers.bytes = appendSilence(a.answers.bytes, count, a.channels)
	default:
		a.answers.bytes = appendNoise(a.answers.bytes, first, count, a.channels)
	}
	if a.clock.ended-a.second >= 1e9 {
		a.report()
	}
}

// clicks lets the events of a packet be heard.
func (a *audio) clicks(sound []byte, first, count int) {
	if a.event == 0 {
		a.event = a.clock.ended - packetPeriod
	}
	for {
		instant, there := a.events.next(a.event + 1)
		if !there || instant >= a.clock.ended {
			return
		}
		sample := a.clock.sample(instant)
		if sample >= first+count {
			return // it is in the next packet
		}
		a.event = instant
		if sample >= first {
			click(sound, sample-first, a.channels)
			a.record.write("click", entries{"instant": instant, "sample": sample})
		}
	}
}

// report records what was sent since the last time.
func (a *audio) report() {
	if a.clock.sent > a.reported {
		a.record.write("sound", entries{"first": a.reported, "frames": a.clock.sent - a.reported, "instant": a.second})
	}
	a.second, a.reported = a.clock.ended, a.clock.sent
}
