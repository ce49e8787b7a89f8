// Package calibration reads, writes and turns camera calibrations, with the fields of
// sensor_msgs/CameraInfo.
//
// Files have the YAML format of ROS's camera_calibration_parsers, and URLs name them as in
// camera_info_manager: files of camera_calibration and of other drivers can be exchanged.
//
// A calibration belongs to the image as the camera captures it. [Camera.Turned] adapts it
// to an image that is flipped or rotated afterwards.
package calibration

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"av_capture/src/internal/yaml"
)

// The distortion models of ROS (sensor_msgs/distortion_models.hpp).
const (
	PlumbBob           = "plumb_bob"           // k1 k2 p1 p2 k3
	RationalPolynomial = "rational_polynomial" // k1 k2 p1 p2 k3 k4 k5 k6, s1 … s4, τx τy
	Equidistant        = "equidistant"         // k1 k2 k3 k4
)

// Camera is the calibration of a camera, with the fields of sensor_msgs/CameraInfo. The
// zero Camera is uncalibrated and of unknown size.
type Camera struct {
	Width, Height int // [pixels] of the calibrated image

	Model string      // of the distortion
	D     []float64   // distortion coefficients
	K     [9]float64  // intrinsic matrix 3x3, by rows [pixels]
	R     [9]float64  // rectification matrix 3x3, by rows: a rotation
	P     [12]float64 // projection matrix 3x4, by rows [pixels]

	BinningX, BinningY int    // [pixels]; 0 stands for 1
	Region             Region // of interest, in the full image
}

// Region is a part of the image. All zeros stand for the whole image.
type Region struct {
	X, Y, Width, Height int // [pixels]
	Rectify             bool
}

// Calibrated reports whether the intrinsic matrix is known: its first element is not 0, as
// defined by sensor_msgs/CameraInfo.
func (c *Camera) Calibrated() bool { return c.K[0] != 0 }

// Fits reports whether the calibration is for images of a size [pixels]. A calibration
// without a size fits all.
func (c *Camera) Fits(width, height int) bool {
	return c.Width == 0 && c.Height == 0 || c.Width == width && c.Height == height
}

// coefficients are the allowed lengths of D for each distortion model: 0 for no distortion,
// or those of OpenCV (calib3d, "Detailed Description"; fisheye has exactly four), with
// which image_geometry rectifies.
var coefficients = map[string][]int{
	PlumbBob:           {0, 4, 5},
	RationalPolynomial: {0, 8, 12, 14},
	Equidistant:        {0, 4},
}

// maxCoefficients is the largest number in coefficients.
const maxCoefficients = 14

// Models returns the supported distortion models, sorted: those of image_geometry and
// camera_calibration.
func Models() []string { return slices.Sorted(maps.Keys(coefficients)) }

// Validate returns an error that names the first field with an invalid value. An
// uncalibrated camera is valid.
func (c *Camera) Validate() error {
	switch {
	case c.Width < 0 || c.Height < 0 || c.Width > math.MaxInt32 || c.Height > math.MaxInt32 || (c.Width == 0) != (c.Height == 0):
		return fmt.Errorf("a size of %dx%d", c.Width, c.Height)
	case c.Model == "" && (c.Calibrated() || !c.undistorted()) && len(c.D) > 0, c.Model != "" && coefficients[c.Model] == nil:
		return c.unknownModel()
	case c.Model != "" && !slices.Contains(coefficients[c.Model], len(c.D)):
		return fmt.Errorf("distortion model %s has %d coefficients, want one of %v", c.Model, len(c.D), coefficients[c.Model][1:])
	}
	for _, part := range []struct {
		name   string
		values []float64
	}{{"D", c.D}, {"K", c.K[:]}, {"R", c.R[:]}, {"P", c.P[:]}} {
		for i, v := range part.values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%s[%d] is %v, want a finite number", part.name, i, v)
			}
		}
	}
	if err := c.checkRegion(); err != nil {
		return err
	}
	if !c.Calibrated() {
		return nil // it removes a calibration
	}
	switch {
	case c.Width == 0:
		return fmt.Errorf("the size of the calibrated image is missing, it is %dx%d", c.Width, c.Height)
	case c.K[0] < 0 || c.K[4] <= 0 || c.K[8] != 1:
		return fmt.Errorf("no intrinsic matrix in K: %v, want [fx 0 cx 0 fy cy 0 0 1] with positive fx and fy", c.K)
	case c.Model == "":
		return c.unknownModel()
	}
	return nil
}

// undistorted reports whether D has only zeros, and at most as many as a model has.
func (c *Camera) undistorted() bool {
	return len(c.D) <= maxCoefficients && !slices.ContainsFunc(c.D, func(v float64) bool { return v != 0 })
}

func (c *Camera) unknownModel() error {
	return fmt.Errorf("distortion model %s is unknown, want one of %s", yaml.Quote(c.Model), strings.Join(Models(), ", "))
}

// checkRegion returns an error for an invalid region or binning. The region is in pixels
// without binning (sensor_msgs/RegionOfInterest). Binning leaves at least one pixel of it.
func (c *Camera) checkRegion() error {
	r := c.Region
	width, height := c.Width, c.Height
	if whole := (Region{Rectify: r.Rectify}); r != whole {
		if r.X < 0 || r.Y < 0 || r.Width < 1 || r.Height < 1 || r.Width > c.Width-r.X || r.Height > c.Height-r.Y {
			return fmt.Errorf("roi is %dx%d at (%d, %d), want it within the image of %dx%d, or all zeros for all of it",
				r.Width, r.Height, r.X, r.Y, c.Width, c.Height)
		}
		width, height = r.Width, r.Height
	}
	if c.BinningX < 0 || c.BinningX > max(1, width) || c.BinningY < 0 || c.BinningY > max(1, height) {
		return fmt.Errorf("binning is %dx%d, want at most the %dx%d pixels that there are", c.BinningX, c.BinningY, width, height)
	}
	return nil
}
