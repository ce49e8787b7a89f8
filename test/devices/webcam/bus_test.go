package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// host is the other end of the cable: what vhci-hcd does.
type host struct {
	t      *testing.T
	conn   net.Conn
	number uint32
}

// reply is an answer to a transfer or an unlink.
type reply struct {
	command, number uint32
	status, actual  int
	data            []byte
	lengths         []int // of isochronous packets
}

// plugIn connects a device with a host.
func plugIn(t *testing.T, arguments ...string) (*session, *host) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]net.Conn
	for i, descriptor := range pair {
		file := os.NewFile(uintptr(descriptor), "usbip")
		if ends[i], err = net.FileConn(file); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	if err := ends[1].SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	d, err := newDevice(testOptions(t, append([]string{"-formats=yuyv", "-sizes=320x240"}, arguments...)...))
	if err != nil {
		t.Fatal(err)
	}
	s := d.connect(ends[0])
	d.session = s
	t.Cleanup(func() {
		ends[1].Close()
		s.end() // which waits for the goroutines
	})
	return s, &host{t: t, conn: ends[1]}
}

// submit asks for a transfer and returns its number.
func (h *host) submit(endpoint byte, setup [8]byte, length int, out []byte, rooms ...int) uint32 {
	h.t.Helper()
	h.number++
	direction := int(endpoint >> 7)
	packets := -1
	if len(rooms) > 0 {
		packets = len(rooms)
	}
	message := appendWords(nil, cmdSubmit, int(h.number), 1, direction, int(endpoint&0x7f), 0, length, 0, packets, 1)
	message = append(append(message, setup[:]...), out...)
	offset := 0
	for _, room := range rooms {
		message = appendWords(message, offset, room, 0, 0)
		offset += room
	}
	h.write(message)
	return h.number
}

// unlink takes a transfer back, and returns the number of that request.
func (h *host) unlink(victim uint32) uint32 {
	h.t.Helper()
	h.number++
	h.write(appendWords(nil, cmdUnlink, int(h.number), 1, 0, 0, int(victim), 0, 0, 0, 0, 0, 0))
	return h.number
}

func (h *host) write(message []byte) {
	h.t.Helper()
	if _, err := h.conn.Write(message); err != nil {
		h.t.Fatal(err)
	}
}

// reply reads the next answer, which may have data if in is true.
func (h *host) reply(in bool) reply {
	h.t.Helper()
	header := make([]byte, headerSize)
	h.read(header)
	word := func(at int) int { return int(int32(binary.BigEndian.Uint32(header[at:]))) }
	r := reply{command: uint32(word(0)), number: uint32(word(4)), status: word(20)}
	if r.command == retUnlink {
		return r
	}
	r.actual = word(24)
	if in {
		r.data = make([]byte, r.actual)
		h.read(r.data)
	}
	for range max(0, word(32)) {
		packet := make([]byte, packetSize)
		h.read(packet)
		r.lengths = append(r.lengths, int(binary.BigEndian.Uint32(packet[8:])))
	}
	return r
}

func (h *host) read(to []byte) {
	h.t.Helper()
	if _, err := io.ReadFull(h.conn, to); err != nil {
		h.t.Fatal(err)
	}
}

// ask makes a control request to the host and returns the answer.
func (h *host) ask(kind, request byte, value, index, length int) reply {
	h.t.Helper()
	setup := [8]byte{kind, request, byte(value), byte(value >> 8), byte(index), byte(index >> 8), byte(length), byte(length >> 8)}
	number := h.submit(kind&0x80, setup, length, nil)
	r := h.reply(kind&0x80 != 0)
	if r.command != retSubmit || r.number != number {
		h.t.Fatalf("answer %+v to request %d", r, number)
	}
	return r
}

func TestDescriptorsAreAnswered(t *testing.T) {
	s, h := plugIn(t)
	if r := h.ask(0x80, getDescriptor, typeDevice<<8, 0, 64); !bytes.Equal(r.data, deviceDescriptor(s.options)) {
		t.Errorf("the device descriptor is % x", r.data)
	}
	if r := h.ask(0x80, getDescriptor, typeConfiguration<<8, 0, 9); len(r.data) != 9 || r.actual != 9 {
		t.Errorf("9 bytes of the configuration are %d", len(r.data))
	}
	if r := h.ask(0x80, getDescriptor, 0x0f<<8, 0, 64); r.status != statusStall || r.actual != 0 {
		t.Errorf("an unknown descriptor: %+v", r)
	}
}

func TestNoBandwidthIsENOSPC(t *testing.T) {
	s, h := plugIn(t)
	s.narrow.Store(true)
	if r := h.ask(0x01, setInterface, 1, ifVideo, 0); r.status != statusNoSpace {
		t.Errorf("status %d, want %d", r.status, statusNoSpace)
	}
	s.narrow.Store(false)
	if r := h.ask(0x01, setInterface, 1, ifVideo, 0); r.status != statusOK {
		t.Errorf("status %d, want 0", r.status)
	}
}

func TestControlStallsOnCommand(t *testing.T) {
	s, h := plugIn(t)
	if err := s.execute(strings.Fields("stall gain 2")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{statusStall, statusStall, statusOK} {
		if r := h.ask(0xa1, getCur, 4<<8, processingUnit<<8|ifVideoControl, 2); r.status != want {
			t.Errorf("status %d, want %d", r.status, want)
		}
	}
}

func TestIsochronousImageIsWhole(t *testing.T) {
	s, h := plugIn(t)
	h.ask(0x01, setInterface, 5, ifVideo, 0)
	rooms := make([]int, 32)
	for i := range rooms {
		rooms[i] = 3072
	}
	var image []byte
	for ends := 0; ends == 0; {
		h.submit(epVideo, [8]byte{}, 32*3072, nil, rooms...)
		r := h.reply(true)
		sum := 0
		for _, length := range r.lengths {
			if length == 0 {
				continue
			}
			payload := r.data[sum : sum+length]
			if payload[0] != 2 || payload[1]&^headerEnd != headerLast {
				t.Fatalf("the header is % x", payload[:2])
			}
			ends += int(payload[1]&headerEnd) / headerEnd
			image = append(image, payload[2:]...)
			sum += length
		}
		if sum != r.actual {
			t.Fatalf("packets have %d bytes, want %d", sum, r.actual)
		}
	}
	want := s.pictures.images(s.negotiation.mode()).image(0, textured)
	if !bytes.Equal(image, want) {
		t.Errorf("%d bytes arrived, that are not those of the image: want %d", len(image), len(want))
	}
}

func TestBulkImageIsWhole(t *testing.T) {
	s, h := plugIn(t, "-bulk", "-payload=8192")
	h.submit(0, [8]byte{0x21, setCur, 0, selectCommit, ifVideo, 0, 26, 0}, 26, make([]byte, 26))
	if r := h.reply(false); r.status != statusOK || r.actual != 26 {
		t.Fatalf("commit: %+v", r)
	}
	var image []byte
	for end := false; !end; {
		h.submit(epVideo, [8]byte{}, 8192, nil)
		r := h.reply(true)
		end = r.data[1]&headerEnd != 0
		image = append(image, r.data[2:]...)
	}
	if want := s.pictures.images(s.negotiation.mode()).image(0, textured); !bytes.Equal(image, want) {
		t.Errorf("%d bytes arrived, that are not those of the image: want %d", len(image), len(want))
	}
	h.ask(0x02, clearFeature, 0, epVideo, 0) // ends the stream
	if s.images != nil {
		t.Error("images go on")
	}
}

func TestSoundIsWhole(t *testing.T) {
	_, h := plugIn(t, "-channels=2", "-sample-rate=44100", "-batch=2")
	h.ask(0x01, setInterface, 1, ifAudio, 0)
	room := audioRoom(options{sampleRate: 44100, channels: 2})
	for range 4 {
		h.submit(epAudio, [8]byte{}, 2*room, nil, room, room)
	}
	var sound []byte
	for range 50 {
		r := h.reply(true)
		sound = append(sound, r.data...)
		h.submit(epAudio, [8]byte{}, 2*room, nil, room, room)
	}
	if frames := len(sound) / 4; frames != 4410 {
		t.Errorf("%d audio frames in 100 ms, want 4410", frames)
	}
	if !bytes.Equal(sound, appendNoise(nil, 0, len(sound)/4, 2)) {
		t.Error("the samples are not those of their indices")
	}
}

func TestUnlinkedTransferIsNotAnswered(t *testing.T) {
	_, h := plugIn(t)
	waiting := h.submit(epVideo, [8]byte{}, 3072, nil, 3072) // nothing is streaming
	unlink := h.unlink(waiting)
	if r := h.reply(false); r.command != retUnlink || r.number != unlink || r.status != statusUnlinked {
		t.Errorf("%+v, want its unlink answered with %d", r, statusUnlinked)
	}
	again := h.unlink(waiting)
	if r := h.reply(false); r.command != retUnlink || r.number != again || r.status != statusOK {
		t.Errorf("%+v, want that it was answered before", r)
	}
	h.ask(0x01, setInterface, 1, ifVideo, 0)
	next := h.submit(epVideo, [8]byte{}, 3072, nil, 3072)
	if r := h.reply(true); r.number != next {
		t.Errorf("transfer %d is answered, want %d", r.number, next)
	}
}

func TestCommandsAreAnswered(t *testing.T) {
	s, _ := plugIn(t)
	const fine = ""
	for line, reason := range map[string]string{
		"fault cut 3": fine, "stall probe 1": fine, "dim 3": fine, "ppm -400.5": fine, "lose 100": fine,
		"freeze 1": fine, "events 500": fine, "silence 0": fine,
		"plug 1": "plugged in already", "plug 8": "from 0 to 7", "jump": "unknown", "": "without a command",
		"fault broken 3": "none of", "fault cut": "want fault NAME COUNT", "stall nothing 1": "none of",
		"dim 0": "from 1 to", "ppm fast": "no number", "narrow 2": "from 0 to 1",
	} {
		var out strings.Builder
		if err := s.obey(strings.NewReader(line+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		if failed := strings.Contains(out.String(), "error"); failed != (reason != fine) || !strings.Contains(out.String(), reason) {
			t.Errorf("%q is answered by %s, want %q", line, out.String(), reason)
		}
	}
}
