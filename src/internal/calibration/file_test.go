package calibration_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/calibration"

	"github.com/google/go-cmp/cmp"
)

// calibrated is a file as camera_calibration writes it, with its line breaks and
// its notation of numbers.
const calibrated = `image_width: 640
image_height: 480
camera_name: narrow_stereo
camera_matrix:
  rows: 3
  cols: 3
  data: [438.78337,   0.     , 305.59334,
           0.     , 437.30288, 243.73835,
           0.     ,   0.     ,   1.     ]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [-3.61976e-01, 0.110510, 1e-05, 0.000505, 0]
rectification_matrix:
  rows: 3
  cols: 3
  data: [1., 0., 0.,
         0., 1., 0.,
         0., 0., 1.]
projection_matrix:
  rows: 3
  cols: 4
  data: [393.6538 ,   0.     , 322.79794,   0.     ,
           0.     , 393.6538 , 241.0909 ,   0.     ,
           0.     ,   0.     ,   1.     ,   0.     ]
`

var want = calibration.Camera{
	Width: 640, Height: 480, Model: "plumb_bob",
	D: []float64{-0.361976, 0.11051, 1e-05, 0.000505, 0},
	K: [9]float64{438.78337, 0, 305.59334, 0, 437.30288, 243.73835, 0, 0, 1},
	R: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1},
	P: [12]float64{393.6538, 0, 322.79794, 0, 0, 393.6538, 241.0909, 0, 0, 0, 1, 0},
}

func TestAFileOfCameraCalibrationIsRead(t *testing.T) {
	for name, text := range map[string]string{
		"as written":    calibrated,
		"without model": strings.Replace(calibrated, "distortion_model: plumb_bob\n", "", 1),
		"of OpenCV":     "%YAML:1.0\n---\n" + strings.ReplaceAll(calibrated, "camera_matrix:\n", "camera_matrix: !!opencv-matrix\n  dt: d\n"),
		"with more":     calibrated + "calibration_time: \"today\"\n",
	} {
		got, camera, err := calibration.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || camera != "narrow_stereo" {
			t.Errorf("%s: camera %q (-want +got):\n%s", name, camera, diff)
		}
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	full := want
	full.BinningX, full.BinningY = 2, 4
	full.Region = calibration.Region{X: 1, Y: 2, Width: 3, Height: 4, Rectify: true}
	full.D = []float64{math.Pi, 1e-300, -1.0 / 3, 123456789, 1e21}
	zero := calibration.Camera{Width: 64, Height: 48, Model: "plumb_bob", D: []float64{}}
	for _, c := range []calibration.Camera{want, full, zero} {
		for _, name := range []string{"left", "123", "yes", "a b", "größe: #1", "null", "~", `"`, "1e3", "", "-", "{x}", "a\nb"} {
			path := filepath.Join(t.TempDir(), "new", "folder", "camera.yaml")
			if err := calibration.Write(path, name, c); err != nil {
				t.Fatal(err)
			}
			got, camera, err := calibration.Read(path)
			if diff := cmp.Diff(c, got); err != nil || diff != "" || camera != name {
				t.Errorf("%q: got %q, %v (-want +got):\n%s", name, camera, err, diff)
			}
		}
	}
}

func TestWritingReplacesAFileAsAWhole(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "camera.yaml"), filepath.Join(folder, "link.yaml")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("camera.yaml", link); err != nil {
		t.Fatal(err)
	}
	held, err := os.Open(path) // as one who is just reading it
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := calibration.Write(link, "left", want); err != nil {
		t.Fatal(err)
	}
	old := make([]byte, 10)
	if n, _ := held.Read(old); string(old[:n]) != "old" {
		t.Errorf("who was reading reads %q", old[:n])
	}
	if _, camera, err := calibration.Read(path); err != nil || camera != "left" {
		t.Errorf("the file that the link leads to: %q, %v", camera, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is none any more: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("left in the folder: %v", entries)
	}
	// What cannot be written leaves nothing behind.
	if err := calibration.Write(filepath.Join(path, "below a file.yaml"), "left", want); err == nil {
		t.Error("a file was a folder")
	}
}

// An INI file, which camera_info_manager knows too, is not overwritten by YAML that
// it would not understand.
func TestAFileOfAnotherFormatIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left.ini")
	if err := os.WriteFile(path, []byte("[image]\nwidth\n640\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := calibration.Read(path); err == nil || !strings.Contains(err.Error(), "convert "+path) {
		t.Errorf("read: %v", err)
	}
	c, _, err := calibration.Parse([]byte(calibrated))
	if err != nil {
		t.Fatal(err)
	}
	if err := calibration.Write(path, "left", c); err == nil || !strings.Contains(err.Error(), ".yaml") {
		t.Errorf("written: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), "[image]") {
		t.Errorf("the file is %q, %v", text, err)
	}
}

func TestAFileThatIsNoneSaysWhy(t *testing.T) {
	if _, _, err := calibration.Read("/nowhere/camera.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, _, err := calibration.Read("/dev/zero"); err == nil || !strings.Contains(err.Error(), "/dev/zero") {
		t.Errorf("a device: %v", err)
	}
	for old, test := range map[string]struct{ by, text string }{
		"image_width: 640":            {"", "image_width is missing"},
		"image_height: 480":           {"image_height: 4.5", "image_height is 4.5"},
		"  rows: 3\n  cols: 4":        {"  rows: 4\n  cols: 3", "projection_matrix has 4 rows"},
		"0.000505, 0]":                {"0.000505]", "distortion_coefficients has 4 numbers"},
		"437.30288":                   {"fourhundred", `"fourhundred", want a number`},
		"[438.78337":                  {"[.nan", "want a number"},
		"camera_matrix:":              {"camera_matrx:", "camera_matrix is missing"},
		"plumb_bob":                   {"equidistant", "equidistant has 5 coefficients"},
		"[393.6538 ,":                 {"[", "projection_matrix has 11 numbers"},
		"data: [438.78337,   0.     ": {"data: [-438.78337,   0.     ", "positive"},
		"camera_name: narrow_stereo":  {"camera_name: [", "["},
	} {
		text := strings.Replace(calibrated, old, test.by, 1)
		if _, _, err := calibration.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%q for %q: got %v, want %q", test.by, old, err, test.text)
		}
	}
	for _, text := range []string{"", "[]", "text", "\x00", "a: b: c"} {
		if _, _, err := calibration.Parse([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
