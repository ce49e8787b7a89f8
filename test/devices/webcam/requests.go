package main

import "encoding/binary"

// Standard requests.
const (
	getStatus, clearFeature, getDescriptor = 0, 1, 6
	setConfiguration                       = 9
	getInterface, setInterface             = 10, 11
)

// setup is a request on endpoint 0.
type setup struct {
	kind, request byte
	value, index  int
	length        int
	data          []byte // from the host
}

func (t *transfer) request() setup {
	word := func(at int) int { return int(binary.LittleEndian.Uint16(t.setup[at:])) }
	return setup{t.setup[0], t.setup[1], word(2), word(4), word(6), t.data}
}

// request answers a transfer on endpoint 0: data for the host, and a status.
func (s *session) request(t *transfer) ([]byte, int) {
	<-s.ready
	r := t.request()
	data, status := s.answer(r)
	return data[:min(len(data), r.length)], status
}

// answer answers a request: a standard one, or one for an interface, a unit or an endpoint.
func (s *session) answer(r setup) ([]byte, int) {
	const class = 0x21 // of an interface; 0x22: of an endpoint
	switch {
	case r.kind&0x60 == 0:
		return s.standard(r)
	case r.kind&0x7f == class && r.index&0xff == ifVideo:
		return s.negotiate(r)
	case r.kind&0x7f == class && r.index&0xff == ifVideoControl:
		return s.control(r)
	case r.kind&0x7f == class && r.index&0xff == ifAudioControl && r.index>>8 == featureUnit:
		return s.feature(r)
	case r.kind&0x7f == class+1 && r.index == epAudio:
		if r.request == getCur {
			return u24(s.sampleRate), statusOK
		}
		return nil, statusOK // to set the only rate
	}
	return nil, statusStall
}

// standard answers what every device is asked. The address is given by vhci-hcd itself.
func (s *session) standard(r setup) ([]byte, int) {
	switch r.request {
	case getDescriptor:
		var data []byte
		switch r.value >> 8 {
		case typeDevice:
			data = deviceDescriptor(s.options)
		case typeConfiguration:
			data = configurationDescriptor(s.options)
		case typeString:
			data = stringDescriptor(s.options, r.value&0xff)
		}
		if data != nil {
			return data, statusOK
		}
	case getStatus:
		return u16(0), statusOK
	case setConfiguration:
		return nil, statusOK
	case getInterface:
		return []byte{s.alternate[r.index&3]}, statusOK
	case setInterface:
		return nil, s.choose(r.index&3, byte(r.value))
	case clearFeature:
		// The halt of an endpoint: so ends a bulk stream, and that before it begins.
		if r.index == epVideo && s.bulk {
			s.endImages()
		}
		return nil, statusOK
	}
	return nil, statusStall
}

// choose takes an alternate setting: by it sound, and images of an isochronous endpoint,
// begin and end.
func (s *session) choose(number int, alternate byte) int {
	if number == ifVideo {
		s.endImages()
	}
	if number == ifAudio {
		s.sound.end()
		s.sound = nil
	}
	status := statusOK
	switch {
	case number == ifVideo && alternate > 0 && s.narrow.Load():
		status = statusNoSpace
	case number == ifVideo && alternate > 0:
		s.beginImages()
	case number == ifAudio && alternate > 0:
		s.sound = begin(s.sendSound)
	}
	if status == statusOK {
		s.alternate[number] = alternate
	}
	s.record.write("setting", entries{"interface": number, "alternate": alternate, "status": status})
	return status
}

func (s *session) beginImages() {
	m := s.negotiation.mode()
	s.images = begin(func(stop <-chan struct{}) { s.sendImages(m, stop) })
}

func (s *session) endImages() {
	s.images.end()
	s.images = nil
}

// negotiate answers probe and commit.
func (s *session) negotiate(r setup) ([]byte, int) {
	name := map[int]string{selectProbe: "probe", selectCommit: "commit"}[r.value>>8]
	if name == "" || s.faults.take("stall "+name) {
		s.recordRequest(r, name, nil, statusStall)
		return nil, statusStall
	}
	data, known := s.negotiation.answer(r.request, r.data)
	status := statusOK
	if !known {
		status = statusStall
	}
	s.recordRequest(r, name, nil, status)
	if s.bulk && known && name == "commit" && r.request == setCur {
		s.endImages()
		s.beginImages()
	}
	return data, status
}

// control answers for the controls of the camera and its processing unit.
func (s *session) control(r setup) ([]byte, int) {
	entity, selector := r.index>>8, r.value>>8
	if entity == 0 && selector == 2 && r.request == getCur { // VC_REQUEST_ERROR_CODE_CONTROL
		return []byte{s.errorCode}, statusOK
	}
	for _, c := range s.controls {
		if c.entity != entity || c.selector != selector {
			continue
		}
		var data []byte
		if s.faults.take("stall " + c.name) {
			s.errorCode = errorNotReady
		} else {
			data, s.errorCode = c.answer(r.request, r.data)
		}
		status := statusOK
		if s.errorCode != errorNone {
			status = statusStall
		}
		number, _ := c.value(append(data[:len(data):len(data)], r.data...))
		s.recordRequest(r, c.name, number, status)
		return data, status
	}
	s.errorCode = errorControl
	s.recordRequest(r, "", nil, statusStall)
	return nil, statusStall
}

// feature answers for mute and volume of the microphone, which change nothing here: samples
// stay as they are.
func (s *session) feature(r setup) ([]byte, int) {
	switch r.request {
	case setCur:
		return nil, statusOK
	case getCur, getMin: // not muted, 0 dB
		return u16(0), statusOK
	case getMax: // 20 dB, in 1/256 dB
		return u16(20 * 256), statusOK
	case getRes:
		return u16(256), statusOK
	}
	return nil, statusStall
}

// recordRequest records a request of the host: value is what was set or answered, for a control.
func (s *session) recordRequest(r setup, name string, value any, status int) {
	s.record.write("request", entries{"request": requestNames[r.request], "control": name,
		"value": value, "status": status, "at": monotonic()})
}
