package main

import (
	"encoding/binary"
	"sync/atomic"
)

// camera is the state that images depend on besides the mode.
type camera struct {
	next   int          // number of the next image; of the goroutine that sends
	dim    atomic.Int64 // every so many instants there is an image, 0 as 1: slower as in the dark
	frozen atomic.Bool  // there are none
}

// Bits of a payload's header.
const (
	headerFrame, headerEnd, headerPTS, headerSCR = 0x01, 0x02, 0x04, 0x08
	headerError, headerLast                      = 0x40, 0x80
)

// sendImages sends images until stop. They are captured at the multiples of the interval since
// the device was plugged in, and each is sent from that instant on, as fast as the host takes it.
func (s *session) sendImages(m mode, stop <-chan struct{}) {
	interval := int64(m.interval) * 100
	s.events.setInterval(interval)
	source := s.pictures.images(m)
	s.record.write("image stream", entries{"format": m.format.name, "width": m.size.width,
		"height": m.size.height, "interval": interval, "at": monotonic()})
	v := video{bus: s.bus, stop: stop, clock: s.clock}
	for number := (monotonic()-s.start)/interval + 1; ; {
		instant := s.start + number*interval
		if !sleepUntil(instant, stop) {
			return
		}
		if !s.camera.frozen.Load() && !s.sendImage(&v, source, instant) {
			return
		}
		number += max(1, s.camera.dim.Load())
		// A host that did not take them in time gets the newest.
		if missed := (monotonic()-s.start)/interval - number; missed > 0 {
			number += missed
			s.record.write("late", entries{"instants": missed, "at": monotonic()})
		}
	}
}

// sendImage sends the image of an instant; false when the host takes no more.
func (s *session) sendImage(v *video, source *images, instant int64) bool {
	kind := textured
	if s.events.wantedNow() {
		kind = dark
		if event, _ := s.events.next(instant); event == instant {
			kind = white
		}
	}
	number := s.camera.next
	image, fault := source.image(number, kind), s.faults.takeImage()
	image = damage(image, fault)
	began := monotonic()
	if fault != "dropped" && !v.send(image, fault == "flagged") {
		return false
	}
	s.camera.next++
	s.record.write("image", entries{"number": number, "instant": instant, "began": began,
		"ended": monotonic(), "bytes": len(image), "fault": fault, "flash": kind == white})
	return true
}

// video is the way of images to the host.
type video struct {
	bus     *bus
	stop    <-chan struct{}
	clock   bool // headers have PTS and SCR
	frame   byte // toggles with each image
	answers answers
	header  []byte
}

// send sends an image in as many transfers as it takes; false when the host takes no more.
func (v *video) send(image []byte, flagged bool) bool {
	v.header = v.appendHeader(v.header[:0], flagged)
	v.frame ^= headerFrame
	for first := true; first || len(image) > 0; first = false {
		t := v.bus.take(epVideo, v.stop, true)
		if t == nil {
			return false
		}
		image = fill(&v.answers, t, v.header, image)
		if v.bus.send(&v.answers) != nil {
			return false
		}
	}
	return true
}

// appendHeader appends the header of an image's payloads.
func (v *video) appendHeader(to []byte, flagged bool) []byte {
	bits := headerLast | v.frame
	if flagged {
		bits |= headerError
	}
	if !v.clock {
		return append(to, 2, bits)
	}
	// The time of presentation, and that of the source with the number of USB's frame, by a
	// clock of 48 MHz.
	now := monotonic()
	ticks := uint32(now * 48 / 1000)
	to = append(to, 12, bits|headerPTS|headerSCR)
	to = binary.LittleEndian.AppendUint32(to, ticks)
	to = binary.LittleEndian.AppendUint32(to, ticks)
	return binary.LittleEndian.AppendUint16(to, uint16(now/1e6)&0x7ff)
}

// fill answers a transfer with as much of an image as it has room for, and returns the rest.
// Each packet of an isochronous transfer has a header, a bulk transfer has one.
func fill(a *answers, t *transfer, header, image []byte) []byte {
	a.begin(t)
	rest := image
	put := func(room int) {
		count := min(len(rest), room-len(header))
		at := len(a.bytes)
		a.add(header...)
		if count == len(rest) {
			a.bytes[at+1] |= headerEnd
		}
		a.add(rest[:count]...)
		rest = rest[count:]
	}
	if t.packets == nil {
		put(t.length)
	}
	for i, p := range t.packets {
		if i > 0 && len(rest) == 0 {
			break
		}
		put(p.room)
		a.endPacket()
	}
	a.end(statusOK)
	return rest
}
