package main

import "encoding/binary"

// The protocol of USB/IP once a device is attached: headers of 48 bytes, big-endian, each
// followed by data and, for isochronous transfers, by 16 bytes for each packet.

// Commands: the host submits transfers and takes them back; each is answered once.
const (
	cmdSubmit, cmdUnlink = 1, 2
	retSubmit, retUnlink = 3, 4
	headerSize           = 48
	packetSize           = 16
)

// Statuses of a transfer, as the host's drivers see them.
const (
	statusOK       = 0
	statusNoSpace  = -28  // ENOSPC: not enough bandwidth
	statusStall    = -32  // EPIPE
	statusUnlinked = -104 // ECONNRESET
)

// transfer is a request that the host waits for (an URB).
type transfer struct {
	number   uint32
	endpoint byte // address; bit 7: to the host
	length   int  // of the host's buffer [bytes]
	setup    [8]byte
	data     []byte   // from the host
	packets  []packet // of an isochronous transfer
}

// packet is the place of an isochronous packet in the host's buffer [bytes].
type packet struct{ offset, room int }

// header is the start of a message from the host.
type header struct{ bytes [headerSize]byte }

func (h *header) word(at int) uint32 { return binary.BigEndian.Uint32(h.bytes[at:]) }
func (h *header) command() uint32    { return h.word(0) }
func (h *header) number() uint32     { return h.word(4) }
func (h *header) victim() uint32     { return h.word(20) } // of cmdUnlink

// transfer returns the transfer of a header of cmdSubmit; its packets are counted and not yet
// placed.
func (h *header) transfer() *transfer {
	t := &transfer{number: h.number(), endpoint: byte(h.word(16)), length: int(h.word(24))}
	if h.word(12) == 1 {
		t.endpoint |= 0x80
	}
	// -1 or 0 where there are none.
	if count := int32(h.word(32)); count > 0 {
		t.packets = make([]packet, count)
	}
	copy(t.setup[:], h.bytes[40:])
	return t
}

// place reads where the packets are, packetSize bytes for each.
func (t *transfer) place(raw []byte) {
	for i := range t.packets {
		t.packets[i] = packet{int(binary.BigEndian.Uint32(raw)), int(binary.BigEndian.Uint32(raw[4:]))}
		raw = raw[packetSize:]
	}
}

// answers are messages to the host, to be sent by one system call. The memory is used again.
// Not for several goroutines.
type answers struct {
	bytes   []byte
	parts   []part
	current *transfer
	lengths []int // of the current transfer's packets
	packet  int   // start of the current packet in bytes
}

// part is the answer to one transfer.
type part struct {
	number     uint32
	start, end int // in bytes
}

// begin begins the answer to a transfer. Its data are appended with add.
func (a *answers) begin(t *transfer) {
	a.parts = append(a.parts, part{number: t.number, start: len(a.bytes)})
	a.bytes = append(a.bytes, make([]byte, headerSize)...)
	a.current, a.lengths, a.packet = t, a.lengths[:0], len(a.bytes)
}

// add appends data, of the current packet if there are any.
func (a *answers) add(data ...byte) { a.bytes = append(a.bytes, data...) }

// endPacket ends an isochronous packet; those that are never ended are empty.
func (a *answers) endPacket() {
	a.lengths = append(a.lengths, len(a.bytes)-a.packet)
	a.packet = len(a.bytes)
}

// end ends the answer. An isochronous one has the data of its packets without gaps.
func (a *answers) end(status int) {
	t, p := a.current, &a.parts[len(a.parts)-1]
	actual := len(a.bytes) - p.start - headerSize
	if t.endpoint&0x80 == 0 {
		actual = len(t.data)
	}
	for i, place := range t.packets {
		length := 0
		if i < len(a.lengths) {
			length = a.lengths[i]
		}
		a.bytes = appendWords(a.bytes, place.offset, place.room, length, statusOK)
	}
	appendWords(a.bytes[:p.start], retSubmit, int(t.number), 0, 0, 0,
		status, actual, 0, len(t.packets), 0)
	p.end = len(a.bytes)
}

// clear forgets all of them.
func (a *answers) clear() { a.bytes, a.parts = a.bytes[:0], a.parts[:0] }

// appendUnlinked appends the answer to an unlink.
func appendUnlinked(to []byte, number uint32, status int) []byte {
	return appendWords(to, retUnlink, int(number), 0, 0, 0, status, 0, 0, 0, 0, 0, 0)
}

func appendWords(to []byte, words ...int) []byte {
	for _, word := range words {
		to = binary.BigEndian.AppendUint32(to, uint32(int32(word)))
	}
	return to
}
