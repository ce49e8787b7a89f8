package main

import (
	"encoding/binary"
	"testing"
)

// walk calls f with each descriptor in data.
func walk(t *testing.T, data []byte, f func(d []byte)) {
	t.Helper()
	for len(data) > 0 {
		length := int(data[0])
		if length < 2 || length > len(data) {
			t.Fatalf("a descriptor of %d bytes, %d are left", length, len(data))
		}
		f(data[:length])
		data = data[length:]
	}
}

// testOptions parses a command line without pictures and record.
func testOptions(t *testing.T, arguments ...string) options {
	t.Helper()
	o, err := parseOptions(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDescriptorsHaveTheLengthsTheyTell(t *testing.T) {
	for name, arguments := range map[string][]string{
		"UVC 1.0":           {},
		"UVC 1.1 bulk H264": {"-uvc=1.1", "-bulk", "-formats=h264,mjpeg,yuyv", "-channels=2"},
		"yuyv 16 kHz":       {"-formats=yuyv", "-rates=30,10,7.5", "-sample-rate=16000"},
	} {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t, arguments...)
			data := configurationDescriptor(o)
			word := binary.LittleEndian.Uint16
			if total := int(word(data[2:])); total != len(data) {
				t.Errorf("the configuration tells %d bytes, and has %d", total, len(data))
			}
			// Headers of classes tell the length of all class descriptors of their interface.
			interfaces := map[byte]bool{}
			var told, counted, current int
			check := func() {
				if told != counted {
					t.Errorf("interface %d tells %d bytes of its class, and has %d", current, told, counted)
				}
				told, counted = 0, 0
			}
			class := byte(0)
			walk(t, data, func(d []byte) {
				switch d[1] {
				case typeInterface:
					check()
					interfaces[d[2]] = true
					current, class = int(d[2]), d[5]<<4|d[6]
				case typeClassInterface:
					switch {
					case class == 14<<4|1 && d[2] == 1, class == 1<<4|1 && d[2] == 1:
						told = int(word(d[5:]))
					case class == 14<<4|2 && d[2] == 1:
						told = int(word(d[4:]))
					case class == 1<<4|2:
						return // has no total
					}
					counted += len(d)
				}
			})
			check()
			if len(interfaces) != int(data[4]) {
				t.Errorf("the configuration tells %d interfaces, and has %d", data[4], len(interfaces))
			}
		})
	}
}

func TestFormatsHaveTheirFramesAndIntervals(t *testing.T) {
	o := testOptions(t, "-uvc=1.1", "-formats=mjpeg,yuyv,h264", "-rates=30,15")
	frames := map[byte]int{}
	walk(t, videoStreaming(o), func(d []byte) {
		if d[1] != typeClassInterface {
			return
		}
		intervals := map[byte]int{5: 25, 7: 25, 0x11: 21}[d[2]]
		if intervals == 0 {
			return
		}
		frames[d[2]]++
		if want := 26 + 4*2; len(d) != want || d[intervals] != 2 {
			t.Errorf("frame %d of kind %#x has %d bytes and %d intervals, want %d and 2", d[3], d[2], len(d), d[intervals], want)
		}
		if first := binary.LittleEndian.Uint32(d[26:]); first != 333333 {
			t.Errorf("its first interval is %d, want 333333", first)
		}
	})
	if frames[7] != 4 || frames[5] != 3 || frames[0x11] != 4 {
		t.Errorf("frames by kind: %v, want 4 of MJPEG, 3 of YUYV, 4 frame based", frames)
	}
}

func TestNoSerialNumberIsNone(t *testing.T) {
	if d := deviceDescriptor(testOptions(t, "-serial=")); len(d) != 18 || d[16] != 0 {
		t.Errorf("iSerialNumber is %d, want 0", d[16])
	}
	if d := stringDescriptor(testOptions(t, "-serial=S1"), 3); string(d) != "\x06\x03S\x001\x00" {
		t.Errorf("the serial number is % x", d)
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	for _, argument := range []string{
		"-uvc=1.5", "-channels=3", "-sample-rate=100", "-batch=12", "-payload=1000", "-payload=32768", "-sizes=640",
		"-sizes=641x480", "-rates=0", "-formats=vp8", "more",
	} {
		if _, err := parseOptions([]string{argument}); err == nil {
			t.Errorf("%s is taken", argument)
		}
	}
}
