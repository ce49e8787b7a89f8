package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// bus is the cable: the connection to vhci-hcd while the device is plugged in.
type bus struct {
	conn    net.Conn
	queues  map[byte]chan *transfer // by the address of the endpoint, oldest first
	control func(*transfer) ([]byte, int)
	done    chan struct{} // closed when the cable is out

	// mu is held while answers are written: the host must not see an answer to a transfer
	// after that to its unlink.
	mu      sync.Mutex
	pending map[uint32]bool // transfers that the host waits for
}

// newBus reads the host's requests from conn until that ends. control answers those on
// endpoint 0, in the goroutine that reads; those on other endpoints wait to be taken.
func newBus(conn net.Conn, control func(*transfer) ([]byte, int), endpoints ...byte) *bus {
	b := &bus{conn: conn, control: control, queues: map[byte]chan *transfer{},
		done: make(chan struct{}), pending: map[uint32]bool{}}
	for _, endpoint := range endpoints {
		b.queues[endpoint] = make(chan *transfer, 1024) // hosts have a dozen under way
	}
	go func() {
		defer close(b.done)
		defer conn.Close()
		_ = b.read() // its error is the cable's end
	}()
	return b
}

// read reads the host's requests.
func (b *bus) read() error {
	input := bufio.NewReaderSize(b.conn, 1<<16) // several with one system call
	var own answers
	var raw []byte
	var h header
	for {
		if _, err := io.ReadFull(input, h.bytes[:]); err != nil {
			return err
		}
		switch h.command() {
		case cmdSubmit:
			t := h.transfer()
			if t.endpoint&0x80 == 0 && t.length > 0 {
				t.data = make([]byte, t.length)
				if _, err := io.ReadFull(input, t.data); err != nil {
					return err
				}
			}
			if size := len(t.packets) * packetSize; size > 0 {
				raw = append(raw[:0], make([]byte, size)...)
				if _, err := io.ReadFull(input, raw); err != nil {
					return err
				}
				t.place(raw)
			}
			b.mu.Lock()
			b.pending[t.number] = true
			b.mu.Unlock()
			if queue := b.queues[t.endpoint]; queue != nil {
				queue <- t
				continue
			}
			data, status := []byte(nil), statusStall
			if t.endpoint&0x7f == 0 {
				data, status = b.control(t)
			}
			own.begin(t)
			own.add(data...)
			own.end(status)
			if err := b.send(&own); err != nil {
				return err
			}
		case cmdUnlink:
			if err := b.unlink(h.number(), h.victim()); err != nil {
				return err
			}
		default:
			return fmt.Errorf("command %d of the host is unknown", h.command())
		}
	}
}

// unlink gives a transfer back to the host.
func (b *bus) unlink(number, victim uint32) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	status := statusOK // it was answered before
	if b.pending[victim] {
		delete(b.pending, victim)
		status = statusUnlinked
	}
	_, err := b.conn.Write(appendUnlinked(nil, number, status))
	return err
}

// take waits for the oldest transfer of an endpoint. It returns nil after stop or without a
// cable; without wait, also where there is none.
func (b *bus) take(endpoint byte, stop <-chan struct{}, wait bool) *transfer {
	for {
		var t *transfer
		select {
		case <-stop:
			return nil
		default:
		}
		select {
		case t = <-b.queues[endpoint]:
		default:
			if !wait {
				return nil
			}
			select {
			case t = <-b.queues[endpoint]:
			case <-stop:
				return nil
			case <-b.done:
				return nil
			}
		}
		b.mu.Lock()
		wanted := b.pending[t.number]
		b.mu.Unlock()
		if wanted {
			return t
		}
	}
}

// send writes answers by one system call, without those that the host has unlinked, and
// clears them. It blocks while the socket is full.
func (b *bus) send(a *answers) error {
	defer a.clear()
	b.mu.Lock()
	defer b.mu.Unlock()
	message := a.bytes[:0]
	for _, p := range a.parts {
		if b.pending[p.number] {
			delete(b.pending, p.number)
			message = append(message, a.bytes[p.start:p.end]...) // moves nothing if none was unlinked
		}
	}
	if len(message) == 0 {
		return nil
	}
	_, err := b.conn.Write(message)
	return err
}

const (
	vhci      = "/sys/devices/platform/vhci_hcd.0/"
	highSpeed = 3
)

// attach plugs a device into a port of vhci-hcd and returns this end of the cable. It blocks
// while the kernel has not released the port from the device before.
func attach(port int) (net.Conn, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	defer unix.Close(pair[1]) // the kernel has it
	for _, end := range pair {
		_ = unix.SetsockoptInt(end, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<20)
	}
	file := os.NewFile(uintptr(pair[0]), "usbip")
	defer file.Close()
	line := fmt.Sprintf("%d %d %d %d", port, pair[1], 1, highSpeed)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		err = os.WriteFile(vhci+"attach", []byte(line), 0)
		if err == nil {
			return net.FileConn(file)
		}
		if !errors.Is(err, unix.EBUSY) || time.Now().After(end) {
			return nil, fmt.Errorf("port %d of vhci-hcd: %w", port, err)
		}
	}
}

// detach pulls a device from a port. The connection ends some time later.
func detach(port int) error {
	return os.WriteFile(vhci+"detach", []byte(strconv.Itoa(port)), 0)
}
