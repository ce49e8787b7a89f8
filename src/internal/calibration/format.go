package calibration

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"av_capture/src/internal/oneline"
	"av_capture/src/internal/yaml"
)

// Format returns the content of a file, in UTF-8. It parses the result: the error says
// which part of the calibration or the camera's name would be read differently.
func Format(name string, c Camera) ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	text := format(name, c)
	got, camera, err := Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the file could not be read again: %w", err)
	case camera != name:
		return nil, fmt.Errorf("the camera's name %s would be read as %s", yaml.Quote(name), yaml.Quote(camera))
	case !got.equal(&c):
		return nil, fmt.Errorf("the calibration would be read as another one: %+v", got)
	}
	return text, nil
}

// equal reports whether two calibrations are the same.
func (c *Camera) equal(o *Camera) bool {
	return c.Width == o.Width && c.Height == o.Height && c.Model == o.Model && slices.Equal(c.D, o.D) &&
		c.K == o.K && c.R == o.R && c.P == o.P &&
		c.BinningX == o.BinningX && c.BinningY == o.BinningY && c.Region == o.Region
}

// format returns the content of a file without any check.
func format(name string, c Camera) []byte {
	var b bytes.Buffer
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
	return b.Bytes()
}

// Names that need no quotes in any version of YAML, but for those in reserved, which YAML
// 1.1 reads as booleans or null.
var (
	plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	reserved  = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)

// scalar returns a text as a scalar of YAML, quoted where needed. Go's escapes are valid in
// YAML's double quotes.
func scalar(text string) string {
	if plainName.MatchString(text) && !slices.Contains(reserved, strings.ToLower(text)) {
		return text
	}
	return strconv.Quote(text)
}

// numbers formats numbers with all their digits, and with a point: YAML 1.1 reads 1e-05 as
// a text.
func numbers(data []float64) []string {
	texts := make([]string, len(data))
	for i, v := range data {
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.Contains(text, ".") {
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

// Parse parses the content of a file, and returns the calibration and the name of its
// camera, as it is written; "" if it names none. The error lists the invalid fields.
func Parse(text []byte) (Camera, string, error) {
	if len(text) > maxFile {
		return Camera{}, "", fmt.Errorf("%d bytes, want at most %d: it is no file of a calibration", len(text), maxFile)
	}
	root, err := yaml.Parse(withoutDirective(text))
	if err != nil {
		return Camera{}, "", err
	}
	d := document{root: root}
	c, name := d.camera()
	if d.errs != nil {
		return Camera{}, "", oneline.Join(d.errs...)
	}
	if err := c.Validate(); err != nil {
		return Camera{}, "", err
	}
	return c, name, nil
}

// withoutDirective removes the first line of OpenCV's files, "%YAML:1.0", which is invalid
// YAML.
func withoutDirective(text []byte) []byte {
	rest, found := bytes.CutPrefix(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("%YAML:"))
	if !found {
		return text
	}
	_, rest, _ = bytes.Cut(rest, []byte("\n"))
	return rest
}

// document is the content of a file and the errors in it.
type document struct {
	root yaml.Node
	errs []error
}

func (d *document) fail(format string, values ...any) {
	d.errs = append(d.errs, fmt.Errorf(format, values...))
}

// camera reads all fields of the file.
func (d *document) camera() (c Camera, name string) {
	if kind := d.root.Kind(); kind != "a map" {
		d.fail("it holds %s, want image_width, image_height, camera_matrix and the other parts of a calibration", kind)
		return c, ""
	}
	name = d.text("camera_name", "")
	if len(name) > maxName {
		d.fail("camera_name is %s, of %d bytes, want at most %d", yaml.Quote(name), len(name), maxName)
	}
	// Old files have no model: plumb_bob was the only one.
	c.Model = d.text("distortion_model", PlumbBob)
	c.Width = d.whole("image_width", d.root.Field("image_width"), true)
	c.Height = d.whole("image_height", d.root.Field("image_height"), true)
	c.BinningX = d.whole("binning_x", d.root.Field("binning_x"), false)
	c.BinningY = d.whole("binning_y", d.root.Field("binning_y"), false)
	if roi := d.root.Field("roi"); roi.Exists() {
		c.Region = Region{
			X:       d.whole("roi.x_offset", roi.Field("x_offset"), true),
			Y:       d.whole("roi.y_offset", roi.Field("y_offset"), true),
			Width:   d.whole("roi.width", roi.Field("width"), true),
			Height:  d.whole("roi.height", roi.Field("height"), true),
			Rectify: d.flag("roi.do_rectify", roi.Field("do_rectify")),
		}
	}
	d.matrix("camera_matrix", 3, 3, c.K[:])
	d.matrix("rectification_matrix", 3, 3, c.R[:])
	d.matrix("projection_matrix", 3, 4, c.P[:])
	c.D = d.coefficients()
	return c, name
}

// text returns a text, or absent if the field is missing.
func (d *document) text(field, absent string) string {
	switch n := d.root.Field(field); n.Kind() {
	case "nothing":
		return absent
	case "a text":
		return n.Text()
	default:
		d.fail("line %d: %s is %s, want a text", n.Line(), field, n.Kind())
		return absent
	}
}

// number returns a number. It accepts all notations of Go: programs write 1e-05 and 0.,
// which YAML 1.1 does not.
func (d *document) number(field string, n yaml.Node) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(n.Text()), 64)
	switch {
	case n.Kind() != "a text":
		d.fail("line %d: %s is %s, want a number", n.Line(), field, n.Kind())
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		d.fail("line %d: %s is %s, want a number", n.Line(), field, yaml.Quote(n.Text()))
		return 0
	}
	return v
}

// whole returns an integer from 0 on, or 0 if the field is missing.
func (d *document) whole(field string, n yaml.Node, required bool) int {
	if !n.Exists() {
		if required {
			d.fail("%s is missing", field)
		}
		return 0
	}
	before := len(d.errs)
	v := d.number(field, n)
	if len(d.errs) == before && (v < 0 || v > math.MaxInt32 || v != math.Trunc(v)) {
		d.fail("line %d: %s is %s, want a whole number from 0 to %d", n.Line(), field, yaml.Quote(n.Text()), math.MaxInt32)
		return 0
	}
	return int(v)
}

// flag returns a boolean, in YAML 1.1's words or as 0 or 1.
func (d *document) flag(field string, n yaml.Node) bool {
	switch strings.ToLower(n.Text()) {
	case "true", "yes", "on", "y", "1":
		return true
	case "false", "no", "off", "n", "0":
		return false
	}
	if n.Exists() {
		d.fail("line %d: %s is %s, want true or false", n.Line(), field, yaml.Quote(n.Text()))
	}
	return false
}

// shape returns the rows, columns and numbers of a matrix. If it is invalid, shape adds an
// error and ok is false.
func (d *document) shape(field string) (rows, columns int, data []yaml.Node, ok bool) {
	m := d.root.Field(field)
	if !m.Exists() {
		d.fail("%s is missing", field)
		return 0, 0, nil, false
	}
	before := len(d.errs)
	rows = d.whole(field+".rows", m.Field("rows"), true)
	columns = d.whole(field+".cols", m.Field("cols"), true)
	list := m.Field("data")
	if kind := list.Kind(); kind != "a list" && kind != "nothing" {
		d.fail("line %d: %s.data is %s, want a list of numbers", list.Line(), field, kind)
	}
	return rows, columns, list.Items(), len(d.errs) == before
}

// matrix reads a matrix of a fixed shape.
func (d *document) matrix(field string, rows, columns int, into []float64) {
	r, c, data, ok := d.shape(field)
	switch {
	case !ok:
	case r != rows || c != columns:
		d.fail("%s has %d rows and %d cols, want %d and %d", field, r, c, rows, columns)
	case len(data) != len(into):
		d.fail("%s has %d numbers for %d rows and %d cols", field, len(data), rows, columns)
	default:
		d.numbers(field, data, into)
	}
}

// coefficients reads the distortion coefficients.
func (d *document) coefficients() []float64 {
	const field = "distortion_coefficients"
	rows, columns, data, ok := d.shape(field)
	switch {
	case !ok:
	case len(data) > maxCoefficients:
		d.fail("%s has %d numbers, want at most %d", field, len(data), maxCoefficients)
	case rows > maxCoefficients && columns > 0, columns > maxCoefficients && rows > 0, rows*columns != len(data):
		d.fail("%s has %d numbers for %d rows and %d cols", field, len(data), rows, columns)
	default:
		into := make([]float64, len(data))
		d.numbers(field, data, into)
		return into
	}
	return nil
}

// numbers reads the numbers of a matrix, up to the first invalid one.
func (d *document) numbers(field string, data []yaml.Node, into []float64) {
	before := len(d.errs)
	for i, n := range data {
		if into[i] = d.number(field, n); len(d.errs) > before {
			return
		}
	}
}
