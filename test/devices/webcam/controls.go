package main

import (
	"encoding/binary"
	"fmt"
)

// control is one of the camera's or of its processing unit's. Numbers are little-endian.
type control struct {
	name              string
	entity, selector  int
	bit               int // of the entity's bmControls
	length            int // [bytes]
	min, max          int
	resolution        int
	standard, current int
	auto              *control // prevents that this one is set,
	manual            int      // unless it has this value
}

// disabled reports whether an automatic mode has the control.
func (c *control) disabled() bool { return c.auto != nil && c.auto.current != c.auto.manual }

// newControls returns the controls with their defaults: a camera forgets without power.
func newControls() []*control {
	exposure := &control{name: "auto_exposure", entity: cameraTerminal, selector: 2, bit: 1,
		length: 1, max: 15, resolution: 0x09, standard: 8, manual: 1} // 1: manual, 8: aperture priority
	focus := &control{name: "auto_focus", entity: cameraTerminal, selector: 8, bit: 17,
		length: 1, max: 1, resolution: 1, standard: 1}
	white := &control{name: "auto_white_balance", entity: processingUnit, selector: 11, bit: 12,
		length: 1, max: 1, resolution: 1, standard: 1}
	all := []*control{
		exposure,
		{name: "exposure", entity: cameraTerminal, selector: 4, bit: 3, // [100 µs]
			length: 4, min: 3, max: 2047, resolution: 1, standard: 250, auto: exposure},
		{name: "focus", entity: cameraTerminal, selector: 6, bit: 5,
			length: 2, max: 250, resolution: 5, auto: focus},
		focus,
		{name: "brightness", entity: processingUnit, selector: 2, bit: 0,
			length: 2, min: -64, max: 64, resolution: 1},
		{name: "contrast", entity: processingUnit, selector: 3, bit: 1,
			length: 2, max: 95, resolution: 1, standard: 32},
		{name: "gain", entity: processingUnit, selector: 4, bit: 9,
			length: 2, max: 100, resolution: 1},
		{name: "power_line", entity: processingUnit, selector: 5, bit: 10,
			length: 1, max: 2, resolution: 1, standard: 1},
		{name: "white_balance", entity: processingUnit, selector: 10, bit: 6, // [K]
			length: 2, min: 2800, max: 6500, resolution: 10, standard: 4600, auto: white},
		white,
	}
	for _, c := range all {
		c.current = c.standard
	}
	return all
}

// controlBits is an entity's bmControls of so many bytes.
func controlBits(entity, length int) []byte {
	bits := 0
	for _, c := range newControls() {
		if c.entity == entity {
			bits |= 1 << c.bit
		}
	}
	return u32(bits)[:length]
}

// Requests of a class.
const (
	setCur                         = 0x01
	getCur, getMin, getMax, getRes = 0x81, 0x82, 0x83, 0x84
	getLen, getInfo, getDef        = 0x85, 0x86, 0x87
)

var requestNames = map[byte]string{
	setCur: "SET_CUR", getCur: "GET_CUR", getMin: "GET_MIN", getMax: "GET_MAX",
	getRes: "GET_RES", getLen: "GET_LEN", getInfo: "GET_INFO", getDef: "GET_DEF",
}

// Errors of bRequestErrorCode, which the host asks for after a stall.
const (
	errorNone, errorNotReady, errorWrongState   = 0, 1, 2
	errorOutOfRange, errorControl, errorRequest = 4, 6, 7
)

// answer answers a request for a control: data, or one of the errors above.
func (c *control) answer(request byte, data []byte) ([]byte, byte) {
	number := func(value int) ([]byte, byte) { return u32(value)[:c.length], errorNone }
	switch request {
	case getCur:
		return number(c.current)
	case getMin:
		return number(c.min)
	case getMax:
		return number(c.max)
	case getRes:
		return number(c.resolution)
	case getDef:
		return number(c.standard)
	case getLen:
		return u16(c.length), errorNone
	case getInfo:
		info := byte(3) // can be read and set
		if c.disabled() {
			info |= 4 // not now
		}
		return []byte{info}, errorNone
	case setCur:
		value, err := c.value(data)
		switch {
		case err != nil || value < c.min || value > c.max:
			return nil, errorOutOfRange
		case c.disabled():
			return nil, errorWrongState
		}
		c.current = value
		return nil, errorNone
	}
	return nil, errorRequest
}

// value is the number that the host sends.
func (c *control) value(data []byte) (int, error) {
	if len(data) != c.length {
		return 0, fmt.Errorf("%d bytes for %s, want %d", len(data), c.name, c.length)
	}
	switch c.length {
	case 1:
		return int(data[0]), nil
	case 2:
		return int(int16(binary.LittleEndian.Uint16(data))), nil
	}
	return int(int32(binary.LittleEndian.Uint32(data))), nil
}
