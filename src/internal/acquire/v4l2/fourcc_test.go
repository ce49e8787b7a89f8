package v4l2

import "testing"

func TestFourCCIsWrittenAsV4L2CtlWritesIt(t *testing.T) {
	for code, want := range map[FourCC]string{
		fourCC("YUYV"):             "YUYV",
		fourCC("Y16 "):             "Y16",
		fourCC("Y16 ") | bigEndian: "Y16-BE",
		fourCC("AR15") | bigEndian: "AR15-BE",
		0x59000102:                 "???Y",
	} {
		if got := code.String(); got != want {
			t.Errorf("%08x: got %q, want %q", uint32(code), got, want)
		}
	}
}
