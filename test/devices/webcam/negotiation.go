package main

import "encoding/binary"

// mode is the format, size and rate that host and camera have agreed on.
type mode struct {
	format   format
	size     size
	interval uint32 // between two images [100 ns]
}

// negotiation is the exchange of probe and commit before images are sent. The host asks
// for a mode, the camera answers with the mode that it will have.
type negotiation struct {
	formats []format
	uvc     int
	payload int // of a bulk endpoint [bytes], 0 for an isochronous one
	probe   []byte
}

// Places in probe and commit.
const (
	atFormat, atFrame, atInterval, atImageSize, atPayload = 2, 3, 4, 18, 22
	atFrequency, atFraming                                = 26, 30
	selectProbe, selectCommit                             = 1, 2
)

func newNegotiation(o options) *negotiation {
	n := &negotiation{formats: o.formats, uvc: o.uvc, probe: make([]byte, 26)}
	if o.uvc >= 0x0110 {
		n.probe = make([]byte, 34)
	}
	if o.bulk {
		n.payload = o.payload
	}
	n.fit(n.probe)
	return n
}

// answer answers a request for probe or commit; false if there is no such request.
func (n *negotiation) answer(request byte, data []byte) ([]byte, bool) {
	switch request {
	case setCur:
		copy(n.probe, data)
		n.fit(n.probe)
		return nil, true
	case getCur, getMin, getMax:
		// The interval alone has a range. Of whatever format the host probes.
		answer := append([]byte{}, n.probe...)
		intervals := n.mode().format.intervals
		switch request {
		case getMin:
			n.setInterval(answer, intervals[0])
		case getMax:
			n.setInterval(answer, intervals[len(intervals)-1])
		}
		n.fit(answer)
		return answer, true
	case getDef:
		answer := make([]byte, len(n.probe))
		n.fit(answer)
		return answer, true
	case getLen:
		return u16(len(n.probe)), true
	case getInfo:
		return []byte{3}, true
	}
	return nil, false
}

func (n *negotiation) setInterval(probe []byte, interval uint32) {
	binary.LittleEndian.PutUint32(probe[atInterval:], interval)
}

// mode returns the one last agreed on.
func (n *negotiation) mode() mode {
	f := n.formats[n.probe[atFormat]-1]
	return mode{f, f.sizes[n.probe[atFrame]-1], binary.LittleEndian.Uint32(n.probe[atInterval:])}
}

// fit makes of a wish the nearest that the camera can do.
func (n *negotiation) fit(probe []byte) {
	probe[atFormat] = max(1, min(probe[atFormat], byte(len(n.formats))))
	f := n.formats[probe[atFormat]-1]
	probe[atFrame] = max(1, min(probe[atFrame], byte(len(f.sizes))))
	s := f.sizes[probe[atFrame]-1]
	wish, interval := binary.LittleEndian.Uint32(probe[atInterval:]), f.intervals[0]
	if wish > 0 {
		for _, each := range f.intervals {
			if distance(each, wish) < distance(interval, wish) {
				interval = each
			}
		}
	}
	n.setInterval(probe, interval)
	binary.LittleEndian.PutUint32(probe[atImageSize:], uint32(s.width*s.height*2))
	payload := n.payload
	if payload == 0 {
		// The host takes the setting that has it. What cameras ask for compressed images is
		// the most, whatever the size.
		payload = maxPayload
		if f.name == yuyv {
			perSecond := s.width * s.height * 2 * (10000000 / int(interval))
			payload = min(payload, perSecond/8000+perSecond/80000+12)
		}
	}
	binary.LittleEndian.PutUint32(probe[atPayload:], uint32(payload))
	if len(probe) > atFrequency {
		binary.LittleEndian.PutUint32(probe[atFrequency:], 48000000)
		// Frame ID and end of frame are sent; versions of payloads: the first.
		copy(probe[atFraming:], []byte{3, 1, 1, 1})
	}
}

func distance(a, b uint32) uint32 { return max(a, b) - min(a, b) }
