// Package calibration reads, keeps and turns the calibration of a camera: what
// sensor_msgs/CameraInfo tells of it.
//
// Files are those of ROS's camera_calibration_parsers (YAML), and their places
// are named by URLs as its camera_info_manager understands them, so that a file
// that camera_calibration made for any driver works here, and one that is
// written here works there.
//
// A calibration belongs to the image as the camera captures it. Where the image
// is flipped or rotated afterwards, [Camera.Turned] follows.
package calibration

import (
	"fmt"
	"math"
	"slices"
)

// The distortion models that ROS names (sensor_msgs/distortion_models.hpp).
const (
	PlumbBob           = "plumb_bob"           // k1 k2 p1 p2 k3
	RationalPolynomial = "rational_polynomial" // k1 k2 p1 p2 k3 k4 k5 k6, s1 … s4, τx τy
	Equidistant        = "equidistant"         // k1 k2 k3 k4
)

// Camera is the calibration of a camera, with the fields of
// sensor_msgs/CameraInfo. The zero Camera is one of which nothing is known.
type Camera struct {
	Width, Height int // [pixels] of the image that was calibrated

	Model string      // of the distortion
	D     []float64   // its coefficients
	K     [9]float64  // intrinsic matrix 3x3, by rows [pixels]
	R     [9]float64  // rectification matrix 3x3, by rows: a rotation
	P     [12]float64 // projection matrix 3x4, by rows [pixels]

	BinningX, BinningY int    // [pixels]; 0 is as 1
	Region             Region // of the full image; without size it is all of it
}

// Region is a part of the image.
type Region struct {
	X, Y, Width, Height int // [pixels]
	Rectify             bool
}

// Calibrated says whether more is known than the size: ROS's consumers look at
// K's first element too.
func (c *Camera) Calibrated() bool { return c.K[0] != 0 }

// Fits says whether the calibration is one of images of a size. One without a
// size fits all.
func (c *Camera) Fits(width, height int) bool {
	return c.Width == 0 && c.Height == 0 || c.Width == width && c.Height == height
}

// Validate says what is wrong with a calibration that somebody gives.
func (c *Camera) Validate() error {
	if c.Width < 0 || c.Height < 0 || c.Width > math.MaxInt32 || c.Height > math.MaxInt32 {
		return fmt.Errorf("a size of %dx%d", c.Width, c.Height)
	}
	for name, values := range map[string][]float64{"D": c.D, "K": c.K[:], "R": c.R[:], "P": c.P[:]} {
		if slices.ContainsFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
			return fmt.Errorf("%s holds what is no number: %v", name, values)
		}
	}
	if !c.Calibrated() {
		return nil // all zero, or as good as that: it takes a calibration back
	}
	switch {
	case c.Width == 0 || c.Height == 0:
		return fmt.Errorf("the size of the calibrated image is missing, it is %dx%d", c.Width, c.Height)
	case c.K[0] < 0 || c.K[4] <= 0 || c.K[8] != 1:
		return fmt.Errorf("no intrinsic matrix in K: %v, want [fx 0 cx 0 fy cy 0 0 1] with positive fx and fy", c.K)
	}
	allowed := map[string][]int{
		PlumbBob:           {0, 4, 5},
		RationalPolynomial: {0, 8, 12, 14},
		Equidistant:        {0, 4},
	}
	if counts, known := allowed[c.Model]; known && !slices.Contains(counts, len(c.D)) {
		return fmt.Errorf("distortion model %s has %d coefficients, want one of %v", c.Model, len(c.D), counts[1:])
	}
	return nil
}
