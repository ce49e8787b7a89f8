package calibration

import (
	"fmt"
	"slices"

	"av_capture/src/internal/media"
)

// Turned returns the calibration of the image after it is flipped and rotated by o. The
// error names the part of the calibration that cannot be turned.
//
// A flip maps pixel u of W to W-1-u, since pixel centres have integer coordinates, as in
// OpenCV. Flips and rotations are an affine map A of the image. The camera's axes turn by
// G, which is A without its offset, so that focal lengths stay positive: K' = A K G⁻¹,
// P' = A P G⁻¹ and R' = G R G⁻¹. The coordinate frame is that of the turned image, which is
// mirrored after a single flip. The distortion coefficients follow from OpenCV's models
// (calib3d, "Detailed Description": u and v of the distorted point as functions of x and
// y) in the coordinates of G.
func (c *Camera) Turned(o media.Orientation) (Camera, error) {
	t := *c
	t.D = slices.Clone(c.D)
	steps := []func(*Camera) error{}
	if o.FlipHorizontal {
		steps = append(steps, (*Camera).flipHorizontal)
	}
	if o.FlipVertical {
		steps = append(steps, (*Camera).flipVertical)
	}
	for range o.Rotate / 90 {
		steps = append(steps, (*Camera).rotate)
	}
	for _, step := range steps {
		if err := step(&t); err != nil {
			return Camera{}, err
		}
	}
	return t, t.Validate() // sums of finite numbers may be infinite
}

// Inverse returns the orientation that undoes another one.
func Inverse(o media.Orientation) media.Orientation {
	if o.FlipHorizontal == o.FlipVertical {
		// No flip, or half a turn, which commutes with rotations.
		o.Rotate = (360 - o.Rotate) % 360
	}
	// One flip with a rotation is its own inverse.
	return o
}

// flipHorizontal swaps left and right.
func (c *Camera) flipHorizontal() error {
	w := float64(c.Width) - 1
	c.change(matrix{-1, 0, w, 0, 1, 0, 0, 0, 1}, matrix{-1, 0, 0, 0, 1, 0, 0, 0, 1})
	c.Region.X = c.mirror(c.Width, c.Region.X, c.Region.Width)
	return c.distort(func(d *distortion) error {
		d.p2 = -d.p2
		d.s1, d.s2 = -d.s1, -d.s2
		d.ty = -d.ty
		return nil
	})
}

// flipVertical swaps top and bottom.
func (c *Camera) flipVertical() error {
	h := float64(c.Height) - 1
	c.change(matrix{1, 0, 0, 0, -1, h, 0, 0, 1}, matrix{1, 0, 0, 0, -1, 0, 0, 0, 1})
	c.Region.Y = c.mirror(c.Height, c.Region.Y, c.Region.Height)
	return c.distort(func(d *distortion) error {
		d.p1 = -d.p1
		d.s3, d.s4 = -d.s3, -d.s4
		d.tx = -d.tx
		return nil
	})
}

// rotate turns the image clockwise by a quarter: the bottom becomes the left.
func (c *Camera) rotate() error {
	if c.K[1] != 0 || c.P[1] != 0 {
		return fmt.Errorf("a camera matrix with skew cannot be rotated by a quarter")
	}
	h := float64(c.Height) - 1
	c.change(matrix{0, -1, h, 1, 0, 0, 0, 0, 1}, matrix{0, -1, 0, 1, 0, 0, 0, 0, 1})
	r := c.Region
	c.Region.X, c.Region.Y = c.mirror(c.Height, r.Y, r.Height), r.X
	c.Region.Width, c.Region.Height = r.Height, r.Width
	c.Width, c.Height = c.Height, c.Width
	c.BinningX, c.BinningY = c.BinningY, c.BinningX
	return c.distort(func(d *distortion) error {
		if d.tx != 0 || d.ty != 0 {
			return fmt.Errorf("a tilted sensor's distortion cannot be rotated by a quarter")
		}
		d.p1, d.p2 = d.p2, -d.p1
		d.s1, d.s2, d.s3, d.s4 = -d.s3, -d.s4, d.s1, d.s2
		return nil
	})
}

// mirror returns the start of a range of pixels, counted from the other side. A range
// without size stands for the whole image.
func (c *Camera) mirror(whole, start, size int) int {
	if size == 0 {
		return 0
	}
	return whole - start - size
}

// matrix is a 3x3 matrix, by rows.
type matrix [9]float64

func (a matrix) times(b matrix) matrix {
	var m matrix
	for row := range 3 {
		for column := range 3 {
			for i := range 3 {
				m[3*row+column] += a[3*row+i] * b[3*i+column]
			}
			m[3*row+column] += 0 // makes -0 a 0
		}
	}
	return m
}

// transposed returns the transpose, which is the inverse of an orthogonal matrix.
func (a matrix) transposed() matrix {
	return matrix{a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]}
}

// change applies the map of the image and that of the axes to the matrices. Matrices of
// zeros stay.
func (c *Camera) change(image, axes matrix) {
	back := axes.transposed()
	if c.Calibrated() {
		c.K = image.times(c.K).times(back)
	}
	c.R = axes.times(c.R).times(back)
	if c.P[0] == 0 {
		return
	}
	p := c.P
	left := image.times(matrix{p[0], p[1], p[2], p[4], p[5], p[6], p[8], p[9], p[10]}).times(back)
	// The fourth column belongs to the origin, which the axes keep.
	shift := image.times(matrix{p[3], 0, 0, p[7], 0, 0, p[11], 0, 0})
	for row := range 3 {
		copy(c.P[4*row:], left[3*row:3*row+3])
		c.P[4*row+3] = shift[3*row]
	}
}

// distortion holds the coefficients that depend on direction.
type distortion struct {
	p1, p2         float64 // tangential
	s1, s2, s3, s4 float64 // thin prism
	tx, ty         float64 // tilt [rad]
}

// distort changes the coefficients that depend on direction. It fails for unknown models.
func (c *Camera) distort(change func(*distortion) error) error {
	if !slices.ContainsFunc(c.D, func(v float64) bool { return v != 0 }) {
		return nil // no distortion
	}
	switch c.Model {
	case Equidistant:
		return nil // radial only
	case PlumbBob, RationalPolynomial:
	default:
		return fmt.Errorf("the distortion model %q cannot be turned: it is unknown", c.Model)
	}
	var d distortion
	fields := []*float64{2: &d.p1, 3: &d.p2, 8: &d.s1, 9: &d.s2, 10: &d.s3, 11: &d.s4, 12: &d.tx, 13: &d.ty}
	for i, v := range c.D {
		if i < len(fields) && fields[i] != nil {
			*fields[i] = v
		}
	}
	if err := change(&d); err != nil {
		return err
	}
	for i := range c.D {
		if i < len(fields) && fields[i] != nil {
			c.D[i] = *fields[i] + 0
		}
	}
	return nil
}
