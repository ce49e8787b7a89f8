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
// An all-black or an all-white corner fails the check, and so does an image torn between
// two numbers, unless it was torn above all rows that differ.
// Blocks start at multiples of 8 pixels, as the blocks of a JPEG do.
//
// To read a block, take the mean over its central half (from side/4 to 3*side/4, both ways)
// of the green channel, of the only channel of mono8, or of Y in yuv422_yuy2 (every other
// byte, from the first; in uyvy from the second). A mean below 88 is 0, above 168 is 1; any
// other means that there is no frame number.
const (
	numberColumns = 8
	numberRows    = 5
	numberCheck   = 0xA5
)

// numberSide returns the side of one block of the frame number [pixels].
func numberSide(width, height int) int {
	return 8 * max(1, min(width/320, height/240))
}

// numberBytes returns number as rows of blocks.
func numberBytes(number uint32) [numberRows]byte {
	b := [numberRows]byte{byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}
	b[4] = numberCheck ^ b[0] ^ b[1] ^ b[2] ^ b[3]
	return b
}
