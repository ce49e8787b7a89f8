package main

import "encoding/binary"

// noise is the sample of a channel in an audio frame: each is a function of its index alone, so
// that sound that arrives tells which it is. As white noise, it fits nowhere else.
func noise(frame, channel, channels int) uint16 {
	hash := uint32(frame*channels+channel) * 0x9e3779b1
	hash ^= hash >> 15
	hash *= 0x85ebca77
	return uint16(hash >> 16)
}

// fullScale is the largest sample.
const fullScale = 32767

// appendNoise appends audio frames with their noise, 16 bit little-endian, interleaved.
func appendNoise(to []byte, first, count, channels int) []byte {
	for frame := first; frame < first+count; frame++ {
		for channel := range channels {
			to = binary.LittleEndian.AppendUint16(to, noise(frame, channel, channels))
		}
	}
	return to
}

// appendSilence appends audio frames of zeros.
func appendSilence(to []byte, count, channels int) []byte {
	for range count * channels {
		to = append(to, 0, 0)
	}
	return to
}

// click makes one audio frame in sound the loudest.
func click(sound []byte, frame, channels int) {
	for channel := range channels {
		binary.LittleEndian.PutUint16(sound[2*(frame*channels+channel):], fullScale)
	}
}
