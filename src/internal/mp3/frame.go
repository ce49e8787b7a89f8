package mp3

// Frame describes an MP3 frame, by its header.
type Frame struct {
	Size       int // [bytes]
	SampleRate int // [Hz]
	Samples    int // [audio frames]
}

// headerSize is the size of a frame's header [bytes].
const headerSize = 4

// bitrates are those of layer III [kbit/s], by their index in the header: of MPEG-1, and of
// MPEG-2 and 2.5.
var bitrates = [2][16]int{
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
}

// rates are those of MPEG-1 [Hz], of which MPEG-2 has the halves, and 2.5 the quarters.
var rates = [4]int{44100, 48000, 32000, 0}

// ParseHeader returns the frame that begins with these bytes, and false if none does.
func ParseHeader(header []byte) (Frame, bool) {
	if len(header) < headerSize || header[0] != 0xff || header[1]&0xe6 != 0xe2 { // sync, and layer III
		return Frame{}, false
	}
	version := header[1] >> 3 & 3 // 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5
	bitrate := header[2] >> 4
	rate := rates[header[2]>>2&3]
	padding := int(header[2] >> 1 & 1)
	f := Frame{SampleRate: rate, Samples: 1152}
	kilobits := bitrates[0][bitrate]
	switch version {
	case 1:
		return Frame{}, false // reserved
	case 0, 2:
		f.Samples = 576
		kilobits = bitrates[1][bitrate]
		f.SampleRate /= 2
		if version == 0 {
			f.SampleRate /= 2
		}
	}
	if kilobits == 0 || rate == 0 {
		return Frame{}, false
	}
	f.Size = f.Samples/8*1000*kilobits/f.SampleRate + padding
	return f, true
}
