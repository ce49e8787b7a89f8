package calibration

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// maxFile is more than any calibration needs [bytes].
const maxFile = 1 << 20

// document is the file as it is written. Numbers are taken as their text, since
// programs that write them agree on little: 1e-05 and 0. are none in YAML 1.1.
type document struct {
	Width      *number      `yaml:"image_width"`
	Height     *number      `yaml:"image_height"`
	Name       *any         `yaml:"camera_name"`
	Camera     *matrixField `yaml:"camera_matrix"`
	Model      *string      `yaml:"distortion_model"`
	Distortion *matrixField `yaml:"distortion_coefficients"`
	Rectify    *matrixField `yaml:"rectification_matrix"`
	Projection *matrixField `yaml:"projection_matrix"`
	BinningX   *number      `yaml:"binning_x"`
	BinningY   *number      `yaml:"binning_y"`
	Region     *regionField `yaml:"roi"`
}

type matrixField struct {
	Rows number   `yaml:"rows"`
	Cols number   `yaml:"cols"`
	Data []number `yaml:"data"`
}

type regionField struct {
	X       number `yaml:"x_offset"`
	Y       number `yaml:"y_offset"`
	Height  number `yaml:"height"`
	Width   number `yaml:"width"`
	Rectify bool   `yaml:"do_rectify"`
}

// number is a number in whatever notation.
type number float64

// UnmarshalYAML takes a number from its text.
func (n *number) UnmarshalYAML(text []byte) error {
	word := strings.Trim(strings.TrimSpace(string(text)), `"'`)
	v, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return fmt.Errorf("got %q, want a number", word)
	}
	*n = number(v)
	return nil
}

// Read reads a file and returns the calibration and the name of the camera that
// it was made for, "" if it names none. The error of a file that is not there is
// an [fs.ErrNotExist].
func Read(path string) (Camera, string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Camera{}, "", err
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return Camera{}, "", fmt.Errorf("%s is no file of a calibration", path)
	}
	if filepath.Ext(path) == ".ini" {
		return Camera{}, "", fmt.Errorf("%s is no YAML: make it so by \"ros2 run camera_calibration_parsers convert %s %s.yaml\"", path, path, strings.TrimSuffix(path, ".ini"))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Camera{}, "", err
	}
	c, name, err := Parse(text)
	if err != nil {
		return Camera{}, "", fmt.Errorf("%s: %w", path, err)
	}
	return c, name, nil
}

// Parse is Read for the content of a file.
func Parse(text []byte) (c Camera, name string, err error) {
	var d document
	if err := yaml.Unmarshal(plain(text), &d); err != nil {
		return Camera{}, "", errors.New(yaml.FormatError(err, false, false))
	}
	if d.Name != nil && *d.Name != nil {
		name = fmt.Sprint(*d.Name)
	}
	c.Model = PlumbBob // files without a model are from a time when there was no other
	if d.Model != nil {
		c.Model = *d.Model
	}
	whole := func(field string, n *number, required bool) int {
		switch {
		case n == nil && required:
			err = errors.Join(err, fmt.Errorf("%s is missing", field))
		case n == nil:
		case *n != number(int32(*n)) || *n < 0:
			err = errors.Join(err, fmt.Errorf("%s is %v, want a whole number", field, *n))
		default:
			return int(*n)
		}
		return 0
	}
	c.Width = whole("image_width", d.Width, true)
	c.Height = whole("image_height", d.Height, true)
	c.BinningX = whole("binning_x", d.BinningX, false)
	c.BinningY = whole("binning_y", d.BinningY, false)
	if r := d.Region; r != nil {
		c.Region = Region{
			whole("roi.x_offset", &r.X, true), whole("roi.y_offset", &r.Y, true),
			whole("roi.width", &r.Width, true), whole("roi.height", &r.Height, true), r.Rectify,
		}
	}
	take := func(field string, m *matrixField, into []float64, columns int) []float64 {
		if m == nil {
			err = errors.Join(err, fmt.Errorf("%s is missing", field))
			return into
		}
		if into == nil {
			into = make([]float64, len(m.Data))
		} else if m.Rows != number(len(into)/columns) || m.Cols != number(columns) {
			err = errors.Join(err, fmt.Errorf("%s has %v rows and %v cols, want %d and %d", field, m.Rows, m.Cols, len(into)/columns, columns))
			return into
		}
		if len(m.Data) != len(into) || m.Rows*m.Cols != number(len(m.Data)) {
			err = errors.Join(err, fmt.Errorf("%s has %d numbers for %v rows and %v cols", field, len(m.Data), m.Rows, m.Cols))
			return into
		}
		for i, v := range m.Data {
			into[i] = float64(v)
		}
		return into
	}
	take("camera_matrix", d.Camera, c.K[:], 3)
	take("rectification_matrix", d.Rectify, c.R[:], 3)
	take("projection_matrix", d.Projection, c.P[:], 4)
	c.D = take("distortion_coefficients", d.Distortion, nil, 0)
	if err == nil {
		err = c.Validate()
	}
	if err != nil {
		return Camera{}, "", err
	}
	return c, name, nil
}

// plain takes away what OpenCV writes and other programs do not understand: its
// first line and its tags.
func plain(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("!!opencv-matrix"), nil)
	if rest, ok := bytes.CutPrefix(text, []byte("%YAML:1.0")); ok {
		return bytes.TrimPrefix(bytes.TrimLeft(rest, "\r\n"), []byte("---"))
	}
	return text
}

// Write writes a file, and the folders above it that are missing. It is there
// as a whole or not at all: the former file stays until the new one is on the
// disk. Its name ends in .yaml or .yml, by which camera_calibration_parsers know
// what is in it.
func Write(path, name string, c Camera) (err error) {
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return fmt.Errorf("%s is not written: its name has to end in .yaml", path)
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	// A link stays one: the file that it leads to is replaced.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path, folder = target, filepath.Dir(target)
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(Format(name, c))
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}

// Format returns the content of a file.
func Format(name string, c Camera) []byte {
	var b strings.Builder
	line := func(format string, values ...any) { fmt.Fprintf(&b, format+"\n", values...) }
	line("image_width: %d", c.Width)
	line("image_height: %d", c.Height)
	line("camera_name: %s", scalar(name))
	array := func(field string, rows, columns int, data []float64) {
		line("%s:\n  rows: %d\n  cols: %d\n  data: [%s]", field, rows, columns, strings.Join(numbers(data), ", "))
	}
	array("camera_matrix", 3, 3, c.K[:])
	line("distortion_model: %s", scalar(c.Model))
	array("distortion_coefficients", 1, len(c.D), c.D)
	array("rectification_matrix", 3, 3, c.R[:])
	array("projection_matrix", 3, 4, c.P[:])
	if c.BinningX != 0 || c.BinningY != 0 {
		line("binning_x: %d\nbinning_y: %d", c.BinningX, c.BinningY)
	}
	if c.Region != (Region{}) {
		line("roi:\n  x_offset: %d\n  y_offset: %d\n  height: %d\n  width: %d\n  do_rectify: %t",
			c.Region.X, c.Region.Y, c.Region.Height, c.Region.Width, c.Region.Rectify)
	}
	return []byte(b.String())
}

// scalar quotes a text where YAML would take it for something else.
func scalar(text string) string {
	quoted, err := yaml.Marshal(text)
	if err != nil || strings.Contains(strings.TrimSpace(string(quoted)), "\n") {
		return strconv.Quote(text)
	}
	return strings.TrimSpace(string(quoted))
}

// numbers writes numbers so that they are the same when they are read again, and
// with a point, without which 1e-05 is a text in YAML 1.1.
func numbers(data []float64) []string {
	texts := make([]string, len(data))
	for i, v := range data {
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !slices.Contains([]byte(text), '.') {
			mantissa, exponent, found := strings.Cut(text, "e")
			text = mantissa + ".0"
			if found {
				text += "e" + exponent
			}
		}
		texts[i] = text
	}
	return texts
}
