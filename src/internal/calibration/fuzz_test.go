package calibration_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/calibration"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzParse parses files: an accepted calibration can be written, is the same when it is
// read again, and can be turned or says why not.
func FuzzParse(f *testing.F) {
	f.Add([]byte(calibrated))
	f.Add([]byte("\ufeff" + calibrated))
	f.Add([]byte("%YAML:1.0\n---\n" + strings.ReplaceAll(calibrated, "camera_matrix:\n", "camera_matrix: !!opencv-matrix\n  dt: d\n")))
	f.Add([]byte(utf16File(calibrated)))
	for old, by := range map[string]string{
		"data: [-3.61976e-01, 0.110510, 1e-05, 0.000505, 0]": "data: !x",
		"narrow_stereo":    "007",
		"plumb_bob":        "\"-\\x00\"",
		"distortion_model": "binning_x: 4294967295\nroi: {x_offset: 1, y_offset: 2, width: 3, height: 4, do_rectify: on}\ndistortion_model",
		"-3.61976e-01":     "&first -0",
		"0.110510":         "1e999",
		"438.78337":        "1e308",
		"camera_matrix":    "? camera_matrix\n",
		"  rows: 3\n":      "  rows: 0x3\n",
	} {
		f.Add([]byte(strings.Replace(calibrated, old, by, 1)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, name, err := calibration.Parse(text)
		if err != nil {
			if len(err.Error()) > 20000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		same(t, name, c)
	})
}

// FuzzFormat writes any values of a message, and reads them.
func FuzzFormat(f *testing.F) {
	f.Add("left", "plumb_bob", uint32(640), uint32(480), 438.8, 305.6, 1e-5, byte(5), uint32(2), uint32(1), uint32(1), uint32(2), uint32(300), uint32(200))
	f.Add("-\x00", "-\x00", uint32(640), uint32(480), 438.8, 305.6, 1e-5, byte(5), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0))
	f.Add("007", "equidistant", uint32(math.MaxUint32), uint32(480), 1e308, -1e308, 5e-324, byte(4), uint32(math.MaxUint32), uint32(0), uint32(math.MaxUint32), uint32(math.MaxUint32), uint32(2), uint32(2))
	f.Add("on", "rational_polynomial", uint32(4), uint32(4), math.NaN(), math.Inf(1), 0.1, byte(14), uint32(4), uint32(4), uint32(0), uint32(0), uint32(4), uint32(4))
	f.Add("~", "", uint32(0), uint32(0), 0., 0., 0., byte(0), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0))
	f.Add("~", "", uint32(640), uint32(480), 0., 0., 0., byte(5), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0))
	f.Fuzz(func(t *testing.T, name, model string, width, height uint32, focal, centre, d float64, count byte, binX, binY, x, y, w, h uint32) {
		c := calibration.Camera{
			Width: int(width), Height: int(height), Model: model, D: make([]float64, count),
			K: [9]float64{focal, 0, centre, 0, focal, -centre, 0, 0, 1}, R: [9]float64{1, d, 0, -d, 1, 0, 0, 0, 1},
			P:        [12]float64{focal, 0, centre, d, 0, focal, 0, 0, 0, 0, 1, centre},
			BinningX: int(binX), BinningY: int(binY),
			Region: calibration.Region{X: int(x), Y: int(y), Width: int(w), Height: int(h), Rectify: x%2 == 1},
		}
		for i := range c.D {
			c.D[i] = d / float64(i+1)
		}
		if _, err := calibration.Format(name, c); err == nil {
			same(t, name, c)
		} else if c.Validate() == nil && calibration.CheckName(name) == nil {
			t.Errorf("%q, %+v: %v", name, c, err)
		}
	})
}

// same fails unless a valid calibration stays the same when it is written and read, also
// after it is turned.
func same(t *testing.T, name string, c calibration.Camera) {
	t.Helper()
	back := func(what string, c calibration.Camera) {
		text, err := calibration.Format(name, c)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got, camera, err := calibration.Parse(text)
		if diff := cmp.Diff(c, got, cmpopts.EquateEmpty()); err != nil || camera != name || diff != "" {
			t.Fatalf("%s: %q, %v (-want +got):\n%s", what, camera, err, diff)
		}
	}
	back("as it is", c)
	for _, o := range orientations() {
		if turned, err := c.Turned(o); err == nil {
			back("turned", turned)
		}
	}
}

// FuzzPlace resolves URLs: one that Check accepts is the absolute path of a file, or in a
// missing package, for every name of a camera.
func FuzzPlace(f *testing.F) {
	for _, url := range []string{"", "file:///a/${NAME}.yaml", "package://p/a.yaml", "file://${ROS_HOME}/x", "file:///${", "file:///${}", "FILE:///x", "package:///x", "package://../x", "package://p/../../x", "file:///a\x00b", "://", "flash:///1"} {
		f.Add(url, "left")
	}
	f.Add("${NAME}", "file:///x")
	f.Fuzz(func(t *testing.T, url, name string) {
		path, err := calibration.Place(url, name)
		checked := calibration.Check(url)
		switch {
		case err == nil && !filepath.IsAbs(path), err == nil && strings.HasSuffix(path, "/"):
			t.Errorf("%q with %q is %q", url, name, path)
		case checked != nil && err == nil && calibration.CheckName(name) == nil:
			t.Errorf("%q is refused, and has the place %q", url, path)
		case checked == nil && err != nil && calibration.CheckName(name) == nil && !strings.HasPrefix(strings.ToLower(url), "package"):
			t.Errorf("%q is taken, and has no place: %v", url, err)
		}
	})
}
