package override

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/param"
)

// FuzzParse gives rcl whatever there is, as a file and as an argument: what it
// takes is taken again when it is written as the value's own text, and what it
// refuses is an error that names the file.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"camera: {ros__parameters: {a: 1}}", "/**:\n  ros__parameters:\n    a.b: [1, 2]\n    c: {d: on, e: 007}\n", "\ufeffcamera:\n  ros__parameters:\n    a: x\n",
		"camera:\n  ros__parameters:\n    a: !x\n", "camera:\n  ros__parameters:\n    a: &b 1\n    c: *b\n", "camera:\n  ros__parameters: *b", "a: b", "{", "[", "- - -", "!x", "",
		"a:\n  b:\n    c:\n      ros__parameters: {d: 1}\n", "camera: {ros__parameters: {a: []}}", "camera: {ros__parameters: {a: [[1]]}}", "camera: {ros__parameters: {a: .nan}}",
		"camera: {ros__parameters: {a: 0x7fffffffffffffff, b: 9223372036854775808, c: 1e999, d: -.inf}}", "camera: {ros__parameters: {a: !!int \"7\", b: !!str 7, c: !!binary x}}",
		"camera: {ros__parameters: {}}", "camera: {ros__parameters: }", "ros__parameters: {a: 1}", "camera: {ros__parameters: {ros__parameters: {a: 1}}}",
		"camera: {ros__parameters: {? [a]\n: b}}", "camera: {ros__parameters: {a: ~}}", "a: {ros__parameters: {b: 1}}\na: {ros__parameters: {b: x}}",
		"camera: {ros__parameters: " + strings.Repeat("{a: ", 200) + "1" + strings.Repeat("}", 200) + "}", strings.Repeat("[", 2000),
		"camera: {ros__parameters: {a: [1, x]}}", "camera:\n  ros__parameters:\n    a: \"\\0\"\n", "/: {ros__parameters: {a: 1}}", "//*//: {ros__parameters: {a: 1}}",
	} {
		f.Add([]byte(text))
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(folder, "parameters.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		overrides, err := Parse([]string{"--ros-args", "--params-file", file})
		if err != nil {
			if !strings.Contains(err.Error(), file) || len(err.Error()) > 5000 {
				t.Fatalf("got %v", err)
			}
		} else {
			again(t, overrides)
		}
		if argument := string(text); !strings.Contains(argument, "\x00") {
			if overrides, err := Parse([]string{"--ros-args", "-p", "name:=" + argument}); err == nil {
				again(t, overrides)
			}
		}
	})
}

// again gives each value as an argument in its own text.
func again(t *testing.T, overrides *param.Overrides) {
	t.Helper()
	for _, section := range overrides.Sections {
		for _, override := range section.Parameters {
			if text := override.Written; text != nil && (len(text) == 0 || override.Value.Kind().Element() == param.KindString) {
				t.Fatalf("%s is written %q", override.Value, text)
			}
			// An empty list has no kind, and rcl takes numbers below the smallest
			// normal one for text.
			kind := override.Value.Kind()
			if kind == param.KindNotSet || strings.Contains(override.Value.String(), "e-3") {
				continue
			}
			written := override.Value.String()
			if !validText(written) {
				continue
			}
			got, err := Parse([]string{"--ros-args", "-p", "name:=" + written})
			if err != nil {
				t.Fatalf("%s %s: %v", kind, written, err)
			}
			if value := got.For("/node")["name"].Value; !value.Equal(override.Value) {
				t.Fatalf("%s %s became %s %s", kind, written, value.Kind(), value)
			}
		}
	}
}

// validText reports whether a value is text to both Go and YAML.
func validText(text string) bool {
	return !strings.Contains(text, `\x`) && !strings.Contains(text, "\ufffd")
}
