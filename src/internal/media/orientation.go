package media

// Orientation turns images: first they are flipped, then rotated.
type Orientation struct {
	FlipHorizontal bool // exchange left and right
	FlipVertical   bool // exchange top and bottom
	Rotate         int  // [degrees] clockwise: 0, 90, 180 or 270
}

// Quarter reports whether the rotation exchanges width and height.
func (o Orientation) Quarter() bool { return o.Rotate == 90 || o.Rotate == 270 }

// Size returns the size of an image of width x height [pixels] after the turn.
func (o Orientation) Size(width, height int) (int, int) {
	if o.Quarter() {
		return height, width
	}
	return width, height
}
