package main

import (
	"encoding/binary"
	"testing"
)

func TestProbeIsFittedToWhatTheCameraHas(t *testing.T) {
	for version, length := range map[string]int{"1.0": 26, "1.1": 34} {
		n := newNegotiation(testOptions(t, "-uvc="+version))
		if size, _ := n.answer(getLen, nil); int(binary.LittleEndian.Uint16(size)) != length {
			t.Errorf("UVC %s: probe has % x bytes, want %d", version, size, length)
		}
		wish := make([]byte, length)
		wish[atFormat], wish[atFrame] = 2, 99
		binary.LittleEndian.PutUint32(wish[atInterval:], 600000) // 16.7/s
		if _, known := n.answer(setCur, wish); !known {
			t.Fatal("SET_CUR is unknown")
		}
		m := n.mode()
		if m.format.name != yuyv || m.size != (size{1280, 720}) || m.interval != 666666 {
			t.Errorf("UVC %s: it does %v, want yuyv 1280x720 with 666666", version, m)
		}
		got, _ := n.answer(getCur, nil)
		if len(got) != length || binary.LittleEndian.Uint32(got[atImageSize:]) != 1280*720*2 {
			t.Errorf("UVC %s: % x", version, got)
		}
	}
}

func TestIsochronousPayloadHoldsTheImages(t *testing.T) {
	n := newNegotiation(testOptions(t, "-formats=yuyv"))
	payload := binary.LittleEndian.Uint32(n.probe[atPayload:])
	// 640x480 at 30/s, with two bytes of header in each microframe.
	if need := uint32(640*480*2*30/8000 + 2); payload < need || payload > maxPayload {
		t.Errorf("%d bytes in a microframe, want %d to %d", payload, need, maxPayload)
	}
}

func TestControlsDependOnTheirAutomaticMode(t *testing.T) {
	controls := map[string]*control{}
	for _, c := range newControls() {
		controls[c.name] = c
	}
	exposure := controls["exposure"]
	if info, _ := exposure.answer(getInfo, nil); info[0] != 7 {
		t.Errorf("GET_INFO in auto is %#x, want 7", info[0])
	}
	if _, code := exposure.answer(setCur, u32(100)); code != errorWrongState {
		t.Errorf("it is set in auto: %d", code)
	}
	if _, code := controls["auto_exposure"].answer(setCur, []byte{1}); code != errorNone {
		t.Fatalf("manual is refused: %d", code)
	}
	if _, code := exposure.answer(setCur, u32(100)); code != errorNone || exposure.current != 100 {
		t.Errorf("in manual: error %d, value %d, want 0 and 100", code, exposure.current)
	}
	if _, code := exposure.answer(setCur, u32(5000)); code != errorOutOfRange {
		t.Errorf("5000 is taken: %d", code)
	}
	brightness := controls["brightness"]
	if _, code := brightness.answer(setCur, u16(-64)); code != errorNone || brightness.current != -64 {
		t.Errorf("brightness: error %d, value %d, want 0 and -64", code, brightness.current)
	}
	if bits := controlBits(cameraTerminal, 3); string(bits) != "\x2a\x00\x02" {
		t.Errorf("the camera terminal has controls % x", bits)
	}
}
