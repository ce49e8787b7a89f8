package calibration_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

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
		"of YAML 1.2":   "%YAML 1.2\n---\n" + calibrated,
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

// utf16File returns a text as editors on Windows write it.
func utf16File(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

func TestOtherSpellingsAreRead(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark":        "\ufeff" + calibrated,
		"of OpenCV with a mark":  "\ufeff%YAML:1.0\n---\n" + calibrated,
		"UTF-16":                 utf16File(calibrated),
		"line ends of Windows":   strings.ReplaceAll(calibrated, "\n", "\r\n"),
		"a tag":                  strings.Replace(calibrated, "data: [438", "data: !x [438", 1),
		"numbers with a tag":     strings.Replace(calibrated, "438.78337", "!!float 438.78337", 1),
		"numbers in quotes":      strings.Replace(calibrated, "438.78337", `"438.78337"`, 1),
		"a list in lines":        strings.Replace(calibrated, "data: [-3.61976e-01, 0.110510, 1e-05, 0.000505, 0]", "data:\n  - -3.61976e-01\n  - 0.110510\n  - 1e-05\n  - 5.05e-4\n  - 0", 1),
		"an alias":               strings.Replace(strings.Replace(calibrated, "-3.61976e-01", "&first -3.61976e-01", 1), "  data: [1., ", "  more: *first\n  data: [1., ", 1),
		"a comment in the front": "# of today\n" + calibrated,
	} {
		got, camera, err := calibration.Parse([]byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" || camera != "narrow_stereo" {
			t.Errorf("%s: camera %q, %v (-want +got):\n%s", name, camera, err, diff)
		}
	}
}

// A name stays a text, even if YAML reads it as a number.
func TestTheCamerasNameIsWhatIsWritten(t *testing.T) {
	for written, want := range map[string]string{
		"007": "007", "on": "on", "1e3": "1e3", "0x10": "0x10", "12:30": "12:30", "~": "", "": "", `"~"`: "~", "'it''s'": "it's", "1.0": "1.0",
		"!x": "", "!x 007": "007", "a b # c": "a b",
	} {
		text := strings.Replace(calibrated, "narrow_stereo", written, 1)
		if _, camera, err := calibration.Parse([]byte(text)); err != nil || camera != want {
			t.Errorf("%s: got %q, %v, want %q", written, camera, err, want)
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
		for _, name := range []string{"left", "123", "yes", "a b", "größe: #1", "null", "~", "007", "on", "Off", "y", "!x", "\ufeff", "\u2028", `"`, "1e3", "", "-", "{x}", "a\nb"} {
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
	// A failure leaves no file behind.
	if err := calibration.Write(filepath.Join(path, "below a file.yaml"), "left", want); err == nil {
		t.Error("a file was a folder")
	}
}

// The umask decides on access by others, as with camera_info_manager and editors. A file
// that is replaced keeps its permissions.
func TestNewFilesAndFoldersFollowTheUmask(t *testing.T) {
	for _, c := range []struct {
		umask        int
		file, folder fs.FileMode
	}{{0o022, 0o644, 0o755}, {0o002, 0o664, 0o775}, {0o077, 0o600, 0o700}} {
		path := filepath.Join(t.TempDir(), "new", "camera.yaml")
		former := syscall.Umask(c.umask)
		err := calibration.Write(path, "left", want)
		syscall.Umask(former)
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]fs.FileMode{path: c.file, filepath.Dir(path): c.folder} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("umask %03o: %s has mode %v, %v; want %v", c.umask, path, info.Mode().Perm(), err, want)
			}
		}
	}
}

// The open folder is used, even if its path leads elsewhere by now.
func TestAFolderThatIsALinkMeanwhileIsNotFollowed(t *testing.T) {
	root := t.TempDir()
	allowed, outside := filepath.Join(root, "allowed"), filepath.Join(root, "outside")
	path := filepath.Join(allowed, "camera.yaml")
	for _, folder := range []string{allowed, outside} {
		if err := calibration.Write(filepath.Join(folder, "camera.yaml"), filepath.Base(folder), want); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := os.OpenRoot(allowed)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if err := os.Rename(allowed, allowed+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, allowed); err != nil {
		t.Fatal(err)
	}
	if _, name, err := calibration.ReadIn(folder, path); err != nil || name != "allowed" {
		t.Errorf("read %q, %v", name, err)
	}
	if err := calibration.WriteIn(folder, path, "new", want); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{filepath.Join(allowed+".moved", "camera.yaml"): "new", path: "outside"} {
		if _, name, err := calibration.Read(path); err != nil || name != want {
			t.Errorf("%s is of %q, %v; want %q", path, name, err, want)
		}
	}

	// A link in the folder does not lead elsewhere either.
	link := filepath.Join(allowed, "link.yaml")
	if err := os.Symlink(filepath.Join(outside, "camera.yaml"), link); err != nil {
		t.Fatal(err)
	}
	if _, name, err := calibration.ReadIn(folder, link); err == nil {
		t.Errorf("read %q through a link", name)
	}
	if err := calibration.WriteIn(folder, link, "new", want); err != nil {
		t.Fatal(err)
	}
	if _, name, err := calibration.Read(filepath.Join(outside, "camera.yaml")); err != nil || name != "outside" {
		t.Errorf("written through a link: %q, %v", name, err)
	}
}

// Logs and answers of services have one line for an error. It has the whole path.
func TestErrorsOfFilesAreOnOneLineAndNameThePath(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "camera.yaml")
	if err := os.MkdirAll(filepath.Join(path, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	folder, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if err := calibration.WriteIn(folder, path, "left", want); err == nil || !strings.Contains(err.Error(), path+": ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("over a folder: %q", err)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	missing := filepath.Join(root, "missing.yaml")
	if _, _, err := calibration.ReadIn(folder, missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("missing: %v", err)
	}
	if _, _, err := calibration.ReadIn(folder, path); err == nil || !strings.Contains(err.Error(), path+" is a folder") {
		t.Errorf("a folder: %v", err)
	}
}

// An INI file of camera_info_manager is not overwritten by YAML, which would be
// unreadable under that name.
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
		"image_height: 480":           {"image_height: 4.5", `image_height is "4.5", want a whole number`},
		"  rows: 3\n  cols: 4":        {"  rows: 4\n  cols: 3", "projection_matrix has 4 rows"},
		"0.000505, 0]":                {"0.000505]", "distortion_coefficients has 4 numbers"},
		"437.30288":                   {"fourhundred", `"fourhundred", want a number`},
		"[438.78337":                  {"[.nan", "want a number"},
		"camera_matrix:":              {"camera_matrx:", "camera_matrix is missing"},
		"plumb_bob":                   {"equidistant", "equidistant has 5 coefficients"},
		"[393.6538 ,":                 {"[", "projection_matrix has 11 numbers"},
		"data: [438.78337,   0.     ": {"data: [-438.78337,   0.     ", "positive"},
		"camera_name: narrow_stereo":  {"camera_name: [", "line 5"},
		"narrow_stereo":               {"[left]", "camera_name is a list"},
		"data: [-3.61976e-01, 0.110510, 1e-05, 0.000505, 0]": {"data: !x", `distortion_coefficients.data is a text, want a list`},
		"[393.6538":           {"!x", "line"},
		"640\n":               {"3e9\n", `image_width is "3e9", want a whole number from 0 to 2147483647`},
		"distortion_model: p": {"binning_x: 4294967295\ndistortion_model: p", `binning_x is "4294967295", want a whole number`},
		"distortion_model: ":  {"binning_y: 481\ndistortion_model: ", "binning is 0x481, want at most the 640x480 pixels"},
		"rectification_m":     {"roi: {x_offset: 600, y_offset: 0, width: 41, height: 480, do_rectify: false}\nrectification_m", "roi is 41x480 at (600, 0), want it within the image of 640x480"},
		"rectification_ma":    {"roi: {x_offset: 0, y_offset: 0, width: 0, height: 10, do_rectify: false}\nrectification_ma", "roi is 0x10"},
		"rectification_mat":   {"roi: {x_offset: 0, y_offset: 0, width: 64, height: 48, do_rectify: perhaps}\nrectification_mat", `roi.do_rectify is "perhaps", want true or false`},
		"rectification_matr":  {"roi: 5\nrectification_matr", "roi.x_offset is missing"},
		": plumb_bob":         {": double_sphere", `distortion model "double_sphere" is unknown, want one of equidistant, plumb_bob, rational_polynomial`},
		"e_height: 480":       {"e_height: 480\nimage_height: 481", `line 3: "image_height" is in line 2 already`},
		"  data: [1., 0., 0.,\n         0., 1., 0.,\n         0., 0., 1.]": {"  data: " + strings.Repeat("[", 1000), "exceeded max depth"},
		"-3.61976e-01": {strings.Repeat("0,", 20000) + "0", "distortion_coefficients has 20005 numbers, want at most 14"},
		"3.61976e-01":  {strings.Repeat("0,", 50000) + "0", "want at most 65536"},
		"  cols: 5":    {"  cols: 2147483647", "distortion_coefficients has 5 numbers"},
	} {
		text := strings.Replace(calibrated, old, test.by, 1)
		if text == calibrated {
			t.Errorf("%q is not in the file", old)
		}
		if _, _, err := calibration.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%q for %q: got %v, want %q", test.by, old, err, test.text)
		}
	}
	two := strings.NewReplacer("image_width: 640", "image_width: wide", "image_height: 480", "image_height: high").Replace(calibrated)
	if _, _, err := calibration.Parse([]byte(two)); err == nil || !strings.Contains(err.Error(), `line 1: image_width is "wide", want a number; line 2: image_height is "high"`) || strings.Contains(err.Error(), "\n") {
		t.Errorf("two faults: %q, want both in a line", err)
	}
	for _, text := range []string{"", "[]", "text", "\x00", "a: b: c", "!x", "*x", "&x", "a: &b [*b]", "\xff"} {
		if _, _, err := calibration.Parse([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// changed returns the calibration with a change.
func changed(change func(*calibration.Camera)) calibration.Camera {
	c := want
	c.D = slices.Clone(want.D)
	change(&c)
	return c
}

func TestWhatCouldNotBeReadBackIsNotWritten(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	for _, test := range []struct {
		change func(*calibration.Camera)
		text   string
	}{
		{func(c *calibration.Camera) { c.BinningX = math.MaxUint32 }, "binning is 4294967295x0, want at most the 640x480 pixels that there are"},
		{func(c *calibration.Camera) { c.BinningY = 481 }, "binning"},
		{func(c *calibration.Camera) { c.BinningX = 65; c.Region = calibration.Region{Width: 64, Height: 48} }, "the 64x48 pixels"},
		{func(c *calibration.Camera) { c.Region = calibration.Region{X: 1, Width: 640, Height: 480} }, "roi is 640x480 at (1, 0), want it within the image of 640x480"},
		{func(c *calibration.Camera) { c.Region = calibration.Region{X: math.MaxUint32, Width: 2, Height: 2} }, "roi"},
		{func(c *calibration.Camera) { c.Region = calibration.Region{X: 1, Width: math.MaxInt, Height: 2} }, "roi"},
		{func(c *calibration.Camera) { c.Region = calibration.Region{X: 1} }, "roi is 0x0 at (1, 0)"},
		{func(c *calibration.Camera) { c.D = make([]float64, 100000) }, "plumb_bob has 100000 coefficients, want one of [4 5]"},
		{func(c *calibration.Camera) { c.Model = calibration.RationalPolynomial }, "has 5 coefficients, want one of [8 12 14]"},
		{func(c *calibration.Camera) { c.Model = calibration.Equidistant }, "has 5 coefficients, want one of [4]"},
		{func(c *calibration.Camera) { c.Model = "-\x00" }, `distortion model "-\x00" is unknown, want one of equidistant, plumb_bob, rational_polynomial`},
		{func(c *calibration.Camera) { c.Model = "" }, `distortion model "" is unknown`},
		{func(c *calibration.Camera) { c.Model, c.D = "", nil }, `distortion model "" is unknown`},
		{func(c *calibration.Camera) { c.Model = strings.Repeat("x", 1<<20) }, `xxx…" is unknown`},
		{func(c *calibration.Camera) { c.D[3] = nan }, "D[3] is NaN, want a finite number"},
		{func(c *calibration.Camera) { c.K[2] = inf }, "K[2] is -Inf"},
		{func(c *calibration.Camera) { c.R[8] = inf }, "R[8] is -Inf"},
		{func(c *calibration.Camera) { c.P[11] = nan }, "P[11] is NaN"},
		{func(c *calibration.Camera) { c.Width = 1 << 31 }, "a size of 2147483648x480"},
		{func(c *calibration.Camera) { c.Width = 0 }, "a size of 0x480"},
		// It removes a calibration.
		{func(c *calibration.Camera) { *c = calibration.Camera{D: make([]float64, 100000)} }, `distortion model "" is unknown`},
		{func(c *calibration.Camera) { *c = calibration.Camera{D: []float64{0, 1}} }, `distortion model "" is unknown`},
		{func(c *calibration.Camera) { c.Model, c.D = "", make([]float64, 5) }, `distortion model "" is unknown`},
		{func(c *calibration.Camera) { *c = calibration.Camera{Region: calibration.Region{Width: 1, Height: 1}} }, "roi"},
		{func(c *calibration.Camera) { *c = calibration.Camera{BinningX: 2} }, "binning"},
		{func(c *calibration.Camera) { *c = calibration.Camera{R: [9]float64{nan}} }, "R[0]"},
	} {
		_, err := calibration.Format("left", changed(test.change))
		if err == nil || !strings.Contains(err.Error(), test.text) || len(err.Error()) > 300 {
			t.Errorf("got %.300v, want %q", err, test.text)
		}
	}
	for _, name := range []string{"\xff", strings.Repeat("x", 100000), strings.Repeat("x", 201)} {
		if _, err := calibration.Format(name, want); err == nil || len(err.Error()) > 300 {
			t.Errorf("%.10q: got %.300v", name, err)
		}
	}
	for _, change := range []func(*calibration.Camera){
		func(c *calibration.Camera) { c.BinningX, c.BinningY = 640, 480 },
		func(c *calibration.Camera) { c.Region = calibration.Region{X: 639, Y: 479, Width: 1, Height: 1} },
		func(c *calibration.Camera) { c.Region = calibration.Region{Rectify: true} },
		func(c *calibration.Camera) { c.D = nil },
		func(c *calibration.Camera) { c.Model, c.D = calibration.RationalPolynomial, make([]float64, 14) },
		func(c *calibration.Camera) { *c = calibration.Camera{} },
		func(c *calibration.Camera) { *c = calibration.Camera{D: make([]float64, 5)} },
		func(c *calibration.Camera) { c.D[0] = math.SmallestNonzeroFloat64; c.D[1] = -math.MaxFloat64 },
	} {
		if _, err := calibration.Format("left", changed(change)); err != nil {
			t.Error(err)
		}
	}
}

// A camera's name is a part of a file's name.
func TestNamesThatAreNoneOfAFileAreRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "a\nb", "a\x00", "\x1b[2J", "\xff", "\u202e", strings.Repeat("x", 201)} {
		if calibration.CheckName(name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
	for _, name := range []string{"default_cam", "007", "größe: #1", "~", strings.Repeat("x", 200)} {
		if err := calibration.CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// The models are those of the header of sensor_msgs, which image_geometry uses.
func TestModelsAreThoseOfROS(t *testing.T) {
	var header []byte
	for prefix := range strings.SplitSeq(os.Getenv("AMENT_PREFIX_PATH"), ":") {
		for _, path := range []string{"include/sensor_msgs/sensor_msgs", "include/sensor_msgs"} {
			if text, err := os.ReadFile(filepath.Join(prefix, path, "distortion_models.hpp")); err == nil {
				header = text
			}
		}
	}
	var models []string
	for _, match := range regexp.MustCompile(`\[\] = "(\w+)"`).FindAllSubmatch(header, -1) {
		models = append(models, string(match[1]))
	}
	slices.Sort(models)
	if got := calibration.Models(); !slices.Equal(got, models) {
		t.Errorf("got %v, the header of AMENT_PREFIX_PATH has %v", got, models)
	}
}
