package main

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// Numbers of interfaces, endpoints and entities.
const (
	ifVideoControl, ifVideo, ifAudioControl, ifAudio = 0, 1, 2, 3
	epVideo, epAudio                                 = 0x81, 0x82
	// Entities of video: requests go to the first two.
	cameraTerminal, processingUnit, videoOutput = 1, 2, 3
	// Entities of audio.
	microphoneTerminal, featureUnit, audioOutput = 1, 2, 3
)

// Names of formats.
const mjpeg, yuyv, h264 = "mjpeg", "yuyv", "h264"

// size is one of an image [pixels].
type size struct{ width, height int }

// format is one of images, with the sizes and the intervals [100 ns] that it has.
type format struct {
	name      string
	sizes     []size
	intervals []uint32 // the first is the default
}

// alternates are the isochronous settings of the video interface at high speed: the size of a
// packet [bytes], and packets in a microframe of 125 µs.
var alternates = [][2]int{{192, 1}, {512, 1}, {1024, 1}, {1024, 2}, {1024, 3}}

// maxPayload is the size of the largest of them in a microframe [bytes].
const maxPayload = 3072

// GUIDs of formats without descriptors of their own.
var (
	guidYUY2 = []byte("YUY2\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71")
	guidH264 = []byte("H264\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71")
)

// Types of descriptors, and of those of classes.
const (
	typeDevice, typeConfiguration, typeString, typeInterface, typeEndpoint = 1, 2, 3, 4, 5
	typeAssociation, typeClassInterface, typeClassEndpoint                 = 0x0b, 0x24, 0x25
)

func u16(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
func u24(v int) []byte { return u32(v)[:3] }
func u32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

// descriptor makes one of ints (a byte each) and bytes; its length goes before them.
func descriptor(parts ...any) []byte {
	bytes := []byte{0}
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			bytes = append(bytes, byte(p))
		case []byte:
			bytes = append(bytes, p...)
		}
	}
	bytes[0] = byte(len(bytes))
	return bytes
}

// deviceDescriptor is of the whole device.
func deviceDescriptor(o options) []byte {
	serial := 0
	if o.serial != "" {
		serial = 3
	}
	// Class 0xef/2/1: interfaces are associated.
	return descriptor(typeDevice, u16(0x0200), 0xef, 2, 1, 64,
		u16(o.vendor), u16(o.product), u16(0x0100), 1, 2, serial, 1)
}

// stringDescriptor is a text of the device, nil where there is none of that number.
func stringDescriptor(o options, number int) []byte {
	var text string
	switch number {
	case 0:
		return descriptor(typeString, u16(0x0409)) // languages: English
	case 1:
		text = o.manufacturer
	case 2:
		text = o.name
	case 3:
		text = o.serial
	default:
		return nil
	}
	var units []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		units = append(units, u16(int(unit))...)
	}
	return descriptor(typeString, units)
}

// configurationDescriptor is of the only configuration, with all that belongs to it.
func configurationDescriptor(o options) []byte {
	body := slices.Concat(
		association(ifVideoControl, 14, 3), videoControl(o), videoStreaming(o),
		association(ifAudioControl, 1, 0), audioControl(o), audioStreaming(o))
	return slices.Concat(descriptor(typeConfiguration, u16(9+len(body)), 4, 1, 0, 0x80, 250), body)
}

// association returns the descriptor by which two interfaces are one function.
func association(first, class, subclass int) []byte {
	return descriptor(typeAssociation, first, 2, class, subclass, 0, 2)
}

func interfaceDescriptor(number, alternate, endpoints, class, subclass int) []byte {
	name := 0
	if number == ifVideoControl {
		name = 2 // uvcvideo's name of the camera
	}
	return descriptor(typeInterface, number, alternate, endpoints, class, subclass, 0, name)
}

// videoControl is the camera without its images: its terminals and controls.
func videoControl(o options) []byte {
	processing := []any{typeClassInterface, 5, processingUnit, cameraTerminal, u16(0), 2, controlBits(processingUnit, 2), 0}
	if o.uvc >= 0x0110 {
		processing = append(processing, 0) // no analog video standard
	}
	units := slices.Concat(
		descriptor(typeClassInterface, 2, cameraTerminal, u16(0x0201), 0, 0, u16(0), u16(0), u16(0),
			3, controlBits(cameraTerminal, 3)),
		descriptor(processing...),
		descriptor(typeClassInterface, 3, videoOutput, u16(0x0101), 0, processingUnit, 0))
	return slices.Concat(
		interfaceDescriptor(ifVideoControl, 0, 0, 14, 1),
		descriptor(typeClassInterface, 1, u16(o.uvc), u16(13+len(units)), u32(48000000), 1, ifVideo),
		units)
}

// videoStreaming is the camera's images: formats, sizes, and the ways in which they are sent.
func videoStreaming(o options) []byte {
	var formats []byte
	for i, f := range o.formats {
		formats = append(formats, formatDescriptors(f, i+1)...)
	}
	input := descriptor(typeClassInterface, 1, len(o.formats), u16(13+len(o.formats)+len(formats)),
		epVideo, 0, videoOutput, 0, 0, 0, 1, make([]byte, len(o.formats)))
	if o.bulk {
		return slices.Concat(interfaceDescriptor(ifVideo, 0, 1, 14, 2), input, formats,
			descriptor(typeEndpoint, epVideo, 2, u16(512), 0))
	}
	all := slices.Concat(interfaceDescriptor(ifVideo, 0, 0, 14, 2), input, formats)
	for i, a := range alternates {
		all = slices.Concat(all, interfaceDescriptor(ifVideo, i+1, 1, 14, 2),
			descriptor(typeEndpoint, epVideo, 5, u16(a[0]|(a[1]-1)<<11), 1))
	}
	return all
}

// formatDescriptors are of a format and its sizes.
func formatDescriptors(f format, number int) []byte {
	var all []byte
	frame := 0
	switch f.name {
	case mjpeg:
		all, frame = descriptor(typeClassInterface, 6, number, len(f.sizes), 1, 1, 0, 0, 0, 0), 7
	case yuyv:
		all, frame = descriptor(typeClassInterface, 4, number, len(f.sizes), guidYUY2, 16, 1, 0, 0, 0, 0), 5
	case h264: // frame based, of variable length
		all, frame = descriptor(typeClassInterface, 0x10, number, len(f.sizes), guidH264, 16, 1, 0, 0, 0, 0, 1), 0x11
	}
	for i, s := range f.sizes {
		bits := s.width * s.height * 16
		parts := []any{typeClassInterface, frame, i + 1, 0, u16(s.width), u16(s.height), u32(bits * 5), u32(bits * 30)}
		count := []any{u32(int(f.intervals[0])), len(f.intervals)}
		if f.name == h264 {
			count = append(count, u32(0)) // bytes per line
		} else {
			parts = append(parts, u32(s.width*s.height*2)) // longest image
		}
		parts = append(parts, count...)
		for _, interval := range f.intervals {
			parts = append(parts, u32(int(interval)))
		}
		all = append(all, descriptor(parts...)...)
	}
	if f.name != h264 {
		all = append(all, descriptor(typeClassInterface, 0x0d, 1, 1, 4)...) // colours: BT.709, BT.709, BT.601
	}
	return all
}

// audioControl is the microphone without its sound.
func audioControl(o options) []byte {
	units := slices.Concat(
		descriptor(typeClassInterface, 2, microphoneTerminal, u16(0x0201), 0, o.channels, u16(1<<o.channels-1), 0, 0),
		descriptor(typeClassInterface, 6, featureUnit, microphoneTerminal, 1, 3, make([]byte, o.channels), 0), // mute, volume
		descriptor(typeClassInterface, 3, audioOutput, u16(0x0101), 0, featureUnit, 0))
	return slices.Concat(
		interfaceDescriptor(ifAudioControl, 0, 0, 1, 1),
		descriptor(typeClassInterface, 1, u16(0x0100), u16(9+len(units)), 1, ifAudio),
		units)
}

// audioStreaming is the microphone's sound: 16 bit, sent once a millisecond.
func audioStreaming(o options) []byte {
	return slices.Concat(
		interfaceDescriptor(ifAudio, 0, 0, 1, 2),
		interfaceDescriptor(ifAudio, 1, 1, 1, 2),
		descriptor(typeClassInterface, 1, audioOutput, 1, u16(1)),
		descriptor(typeClassInterface, 2, 1, o.channels, 2, 16, 1, u24(o.sampleRate)),
		// Asynchronous: by a clock of its own. 1 ms is 2^(4-1) microframes.
		descriptor(typeEndpoint, epAudio, 5, u16(audioRoom(o)), 4, 0, 0),
		descriptor(typeClassEndpoint, 1, 1, 0, u16(0))) // the rate can be asked for
}

// audioRoom is the largest packet of sound [bytes]: 1 ms, what is left over from the packets
// before, and one audio frame more for a fast clock.
func audioRoom(o options) int { return (o.sampleRate/1000 + 2) * 2 * o.channels }
