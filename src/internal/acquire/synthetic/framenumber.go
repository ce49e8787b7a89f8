package synthetic

// The frame number in the pixels.
//
// The top-left corner of every image holds 5 rows of 8 square blocks, black
// (luma 0, or 16 in YUV) or white (luma 255, or 235 in YUV). The side of a
// block, in pixels, follows from the size of the image (integer divisions):
//
//	side = 8 * max(1, min(width/320, height/240))
//
// so that it is 8 up to 639x479, 16 at 640x480 and 1280x720 has 24. White is 1.
// Each row is one byte, most significant bit at the left. Rows 0 to 3 are the
// number, most significant byte first; row 4 is the check byte
//
//	check = 0xA5 ^ row0 ^ row1 ^ row2 ^ row3
//
// which neither an all-black nor an all-white corner satisfies, and which an
// image torn between two numbers fails unless it was torn above what differs.
// Blocks start at multiples of 8 pixels, as the blocks of a JPEG do.
//
// To read a block, take the mean over its central half (from side/4 to
// 3*side/4, both ways) of the green channel, of the only channel of mono8, or
// of Y in yuv422_yuy2 (every other byte, from the first; in uyvy from the
// second): below 88 is 0, above
// 168 is 1, and anything between is no frame number.
const (
	numberColumns = 8
	numberRows    = 5
	numberCheck   = 0xA5
	blackBelow    = 88
	whiteAbove    = 168
)

// numberSide returns the side of one block of the frame number [pixels].
func numberSide(width, height int) int {
	return 8 * max(1, min(width/320, height/240))
}

// numberBytes returns the rows of blocks that stand for number.
func numberBytes(number uint32) [numberRows]byte {
	b := [numberRows]byte{byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}
	b[4] = numberCheck ^ b[0] ^ b[1] ^ b[2] ^ b[3]
	return b
}

// FrameNumber reads the frame number from the pixels of an image that a
// [Camera] made, also after it was compressed as JPEG or went through YUV.
// data holds rows of step bytes each; encoding is one of [Encodings]. It
// returns false where there is no valid number.
func FrameNumber(data []byte, width, height, step int, encoding string) (uint32, bool) {
	format, ok := pixelFormats[encoding]
	side := numberSide(width, height)
	if !ok || width < numberColumns*side || height < numberRows*side ||
		step < width*format.size || len(data)/step < numberRows*side {
		return 0, false
	}
	var rows [numberRows]byte
	for row := range rows {
		for column := range numberColumns {
			sum := 0
			for y := row*side + side/4; y < row*side+side*3/4; y++ {
				for x := column*side + side/4; x < column*side+side*3/4; x++ {
					sum += int(data[y*step+x*format.size+format.green])
				}
			}
			mean := sum / (side / 2 * side / 2)
			switch {
			case mean > whiteAbove:
				rows[row] |= 0x80 >> column
			case mean >= blackBelow:
				return 0, false
			}
		}
	}
	number := uint32(rows[0])<<24 | uint32(rows[1])<<16 | uint32(rows[2])<<8 | uint32(rows[3])
	return number, rows == numberBytes(number)
}
