package main

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// device is the webcam: what is left of it without a cable, and the session while there is one.
type device struct {
	options
	pictures *pictures
	record   *record
	faults   *faults
	events   *events
	camera   camera
	mic      microphone
	narrow   atomic.Bool // no bandwidth for images

	port    int      // of vhci-hcd, where it was last plugged in
	session *session // nil while unplugged; of the goroutine that obeys commands
}

// session is the device while it is plugged in. The goroutine that reads the host's requests
// has all of it.
type session struct {
	*device
	bus           *bus
	ready         chan struct{} // closed when bus is set
	start         int64         // instant of plugging in
	controls      []*control
	negotiation   *negotiation
	errorCode     byte
	alternate     [4]byte // of each interface
	images, sound *stream // nil while nothing is sent
}

func newDevice(o options) (*device, error) {
	d := &device{options: o, faults: newFaults(), events: &events{}}
	var err error
	if d.pictures, err = readPictures(o.pictures, o.video, o.formats); err != nil {
		return nil, err
	}
	if d.record, err = newRecord(o.record); err != nil {
		return nil, err
	}
	d.mic.ppm.Store(o.ppm)
	return d, nil
}

// plug plugs the device into a port of vhci-hcd. It has its defaults then, but for the numbers
// of images and samples, which go on.
func (d *device) plug(port int) error {
	if d.session != nil {
		return errors.New("it is plugged in already: unplug it first")
	}
	conn, err := attach(port)
	if err != nil {
		return err
	}
	d.port = port
	d.session = d.connect(conn)
	return nil
}

// connect begins a session with the host at the other end of conn.
func (d *device) connect(conn net.Conn) *session {
	s := &session{device: d, ready: make(chan struct{}), start: monotonic(),
		controls: newControls(), negotiation: newNegotiation(d.options)}
	d.events.begin(s.start)
	d.record.write("plugged", entries{"port": d.port, "at": s.start})
	s.bus = newBus(conn, s.request, epVideo, epAudio)
	close(s.ready)
	return s
}

// end ends the session after the cable is out, with its streams.
func (s *session) end() {
	<-s.bus.done
	s.images.end()
	s.sound.end()
	s.record.write("unplugged", entries{"port": s.port, "at": monotonic()})
	s.device.session = nil
}

// unplug pulls the plug. The host knows when it returns.
func (d *device) unplug() error {
	if d.session == nil {
		return errors.New("it is not plugged in")
	}
	if err := detach(d.port); err != nil {
		return fmt.Errorf("port %d of vhci-hcd: %w", d.port, err)
	}
	d.session.end()
	return nil
}

// sever ends the connection without a word, as when an emulator dies.
func (d *device) sever() error {
	if d.session == nil {
		return errors.New("it is not plugged in")
	}
	d.session.bus.conn.Close()
	d.session.end()
	return nil
}

// stream is a goroutine that sends images or sound.
type stream struct {
	stop chan struct{}
	done sync.WaitGroup
}

// begin starts to run send until the stream's end.
func begin(send func(stop <-chan struct{})) *stream {
	s := &stream{stop: make(chan struct{})}
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		send(s.stop)
	}()
	return s
}

// end ends the stream, if there is one, and waits until nothing more is sent.
func (s *stream) end() {
	if s != nil {
		close(s.stop)
		s.done.Wait()
	}
}
