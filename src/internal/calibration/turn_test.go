package calibration_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/calibration"
	"av_capture/src/internal/media"
)

// orientations lists all of them.
func orientations() []media.Orientation {
	var all []media.Orientation
	for _, h := range []bool{false, true} {
		for _, v := range []bool{false, true} {
			for _, r := range []int{0, 90, 180, 270} {
				all = append(all, media.Orientation{FlipHorizontal: h, FlipVertical: v, Rotate: r})
			}
		}
	}
	return all
}

// cameras are calibrations of every model, with coefficients that are all
// different.
func cameras() []calibration.Camera {
	base := calibration.Camera{
		Width: 640, Height: 480,
		K: [9]float64{438.8, 0, 305.6, 0, 437.3, 243.7, 0, 0, 1},
		R: [9]float64{0.999978, 0.002789, -0.006046, -0.002816, 0.999986, -0.004401, 0.006034, 0.004417, 0.999972},
		P: [12]float64{393.7, 0, 322.8, -47.2, 0, 393.7, 241.1, 3.5, 0, 0, 1, 0.1},
	}
	var all []calibration.Camera
	for model, d := range map[string][]float64{
		calibration.PlumbBob:           {-0.36, 0.11, 0.013, -0.0075, 0.02},
		calibration.RationalPolynomial: {0.4, 0.1, 0.013, -0.0075, 0.02, 0.7, 0.2, 0.03, 0.011, -0.007, 0.005, 0.003},
		calibration.Equidistant:        {-0.02, 0.01, -0.003, 0.001},
	} {
		c := base
		c.Model, c.D = model, d
		all = append(all, c)
	}
	return all
}

// project returns the pixel of a point, by OpenCV's formulas (calib3d, "Detailed
// Description", and for equidistant "Fisheye camera model").
func project(c calibration.Camera, x, y, z float64) (u, v float64) {
	x, y = x/z, y/z
	d := slices.Concat(c.D, make([]float64, 14))
	r2 := x*x + y*y
	if c.Model == calibration.Equidistant {
		r := math.Sqrt(r2)
		theta := math.Atan(r)
		t2 := theta * theta
		scale := theta * (1 + t2*(d[0]+t2*(d[1]+t2*(d[2]+t2*d[3])))) / r
		x, y = x*scale, y*scale
	} else {
		radial := (1 + r2*(d[0]+r2*(d[1]+r2*d[4]))) / (1 + r2*(d[5]+r2*(d[6]+r2*d[7])))
		x, y = x*radial+2*d[2]*x*y+d[3]*(r2+2*x*x)+d[8]*r2+d[9]*r2*r2,
			y*radial+d[2]*(r2+2*y*y)+2*d[3]*x*y+d[10]*r2+d[11]*r2*r2
		if tx, ty := d[12], d[13]; tx != 0 || ty != 0 {
			x, y = tilt(tx, ty, x, y)
		}
	}
	return c.K[0]*x + c.K[1]*y + c.K[2], c.K[3]*x + c.K[4]*y + c.K[5]
}

// tilt maps a point to a tilted sensor.
func tilt(tx, ty, x, y float64) (float64, float64) {
	cx, sx, cy, sy := math.Cos(tx), math.Sin(tx), math.Cos(ty), math.Sin(ty)
	// Ry(ty) Rx(tx)
	r := [9]float64{cy, sy * sx, -sy * cx, 0, cx, sx, sy, -cy * sx, cy * cx}
	X := r[0]*x + r[1]*y + r[2]
	Y := r[3]*x + r[4]*y + r[5]
	Z := r[6]*x + r[7]*y + r[8]
	return (r[8]*X - r[2]*Z) / Z, (r[8]*Y - r[5]*Z) / Z
}

// turnPixel returns the place of a pixel of an image of w x h after it is turned.
func turnPixel(o media.Orientation, w, h, u, v float64) (float64, float64) {
	if o.FlipHorizontal {
		u = w - 1 - u
	}
	if o.FlipVertical {
		v = h - 1 - v
	}
	for range o.Rotate / 90 {
		u, v = h-1-v, u
		w, h = h, w
	}
	return u, v
}

// turnAxes returns a point's coordinates in the turned camera's axes.
func turnAxes(o media.Orientation, x, y float64) (float64, float64) {
	if o.FlipHorizontal {
		x = -x
	}
	if o.FlipVertical {
		y = -y
	}
	for range o.Rotate / 90 {
		x, y = -y, x
	}
	return x, y
}

func near(t *testing.T, what string, gotU, gotV, wantU, wantV float64) {
	t.Helper()
	if math.Abs(gotU-wantU) > 1e-9 || math.Abs(gotV-wantV) > 1e-9 || math.IsNaN(gotU+gotV) {
		t.Errorf("%s: got (%v, %v), want (%v, %v)", what, gotU, gotV, wantU, wantV)
	}
}

func TestATurnedCameraSeesPointsInTheTurnedPixels(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 5))
	for _, c := range cameras() {
		w, h := float64(c.Width), float64(c.Height)
		for _, o := range orientations() {
			what := fmt.Sprintf("%s %+v", c.Model, o)
			turned, err := c.Turned(o)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if width, height := o.Size(c.Width, c.Height); turned.Width != width || turned.Height != height {
				t.Errorf("%s: size %dx%d", what, turned.Width, turned.Height)
			}
			if err := turned.Validate(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			for range 50 {
				x, y, z := random.Float64()-0.5, random.Float64()-0.5, 0.8+random.Float64()
				u, v := project(c, x, y, z)
				wantU, wantV := turnPixel(o, w, h, u, v)
				tx, ty := turnAxes(o, x, y)
				gotU, gotV := project(turned, tx, ty, z)
				near(t, what, gotU, gotV, wantU, wantV)

				// The same point in the rectified image, of a camera beside it.
				rx, ry, rz := times(c.R, x, y, z)
				u, v = rectified(c.P, rx, ry, rz)
				wantU, wantV = turnPixel(o, w, h, u, v)
				rx, ry, rz = times(turned.R, tx, ty, z)
				gotU, gotV = rectified(turned.P, rx, ry, rz)
				near(t, what+" rectified", gotU, gotV, wantU, wantV)
			}
		}
	}
}

func times(r [9]float64, x, y, z float64) (float64, float64, float64) {
	return r[0]*x + r[1]*y + r[2]*z, r[3]*x + r[4]*y + r[5]*z, r[6]*x + r[7]*y + r[8]*z
}

func rectified(p [12]float64, x, y, z float64) (float64, float64) {
	w := p[8]*x + p[9]*y + p[10]*z + p[11]
	return (p[0]*x + p[1]*y + p[2]*z + p[3]) / w, (p[4]*x + p[5]*y + p[6]*z + p[7]) / w
}

func TestATiltedSensorFollowsFlips(t *testing.T) {
	c := cameras()[0]
	c.Model, c.D = calibration.RationalPolynomial, []float64{0.4, 0.1, 0.013, -0.0075, 0.02, 0.7, 0.2, 0.03, 0.011, -0.007, 0.005, 0.003, 0.05, -0.08}
	for _, o := range orientations() {
		turned, err := c.Turned(o)
		if o.Rotate != 0 {
			if err == nil || !strings.Contains(err.Error(), "tilted") {
				t.Errorf("%+v: got %v, want an error that says what cannot follow", o, err)
			}
			continue
		}
		x, y := turnAxes(o, 0.3, -0.2)
		u, v := project(c, 0.3, -0.2, 1)
		wantU, wantV := turnPixel(o, 640, 480, u, v)
		gotU, gotV := project(turned, x, y, 1)
		near(t, fmt.Sprintf("%+v", o), gotU, gotV, wantU, wantV)
	}
}

func TestInverseUndoesATurn(t *testing.T) {
	for _, c := range cameras() {
		c.Region = calibration.Region{X: 10, Y: 20, Width: 300, Height: 200, Rectify: true}
		c.BinningX, c.BinningY = 2, 1
		for _, o := range orientations() {
			there, err := c.Turned(o)
			if err != nil {
				t.Fatal(err)
			}
			back, err := there.Turned(calibration.Inverse(o))
			if err != nil {
				t.Fatal(err)
			}
			close := func(a, b []float64) bool {
				return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-9 })
			}
			if !close(back.K[:], c.K[:]) || !close(back.R[:], c.R[:]) || !close(back.P[:], c.P[:]) || !close(back.D, c.D) ||
				back.Region != c.Region || back.BinningX != c.BinningX || back.Width != c.Width {
				t.Errorf("%+v: got %+v, want %+v", o, back, c)
			}
		}
	}
}

func TestTheRegionIsTurnedWithTheImage(t *testing.T) {
	c := cameras()[0]
	c.Region = calibration.Region{X: 10, Y: 20, Width: 300, Height: 200}
	for o, want := range map[media.Orientation]calibration.Region{
		{FlipHorizontal: true}: {X: 330, Y: 20, Width: 300, Height: 200},
		{FlipVertical: true}:   {X: 10, Y: 260, Width: 300, Height: 200},
		{Rotate: 90}:           {X: 260, Y: 10, Width: 200, Height: 300},
		{Rotate: 270}:          {X: 20, Y: 330, Width: 200, Height: 300},
	} {
		if turned, err := c.Turned(o); err != nil || turned.Region != want {
			t.Errorf("%+v: got %+v, %v, want %+v", o, turned.Region, err, want)
		}
	}
}

func TestWhatIsUnknownStaysSo(t *testing.T) {
	for _, o := range orientations() {
		c := calibration.Camera{Width: 640, Height: 480}
		turned, err := c.Turned(o)
		if err != nil || turned.Calibrated() || turned.P != [12]float64{} || turned.R != [9]float64{} || turned.K != [9]float64{} {
			t.Errorf("%+v: got %+v, %v", o, turned, err)
		}
	}
}

func TestWhatCannotFollowIsSaid(t *testing.T) {
	for what, change := range map[string]func(*calibration.Camera){
		"skew":   func(c *calibration.Camera) { c.K[1] = 0.5 },
		"double": func(c *calibration.Camera) { c.Model, c.D = "double_sphere", []float64{0.5} },
	} {
		c := cameras()[0]
		change(&c)
		if _, err := c.Turned(media.Orientation{Rotate: 90}); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
