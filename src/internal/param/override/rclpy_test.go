package override

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"av_capture/src/internal/param"
)

// files are the parameter files of the cases below.
var files = map[string]string{
	"all.yaml": `
/**:
  ros__parameters:
    a: 1
    b: "all"
    c: 1.5
`,
	"all_then_camera.yaml": `
/**:
  ros__parameters:
    a: 1
    b: "all"
camera:
  ros__parameters:
    a: 2
microphone:
  ros__parameters:
    a: 3
    c: 9.0
`,
	"camera_then_all.yaml": `
camera:
  ros__parameters:
    a: 2
/**:
  ros__parameters:
    a: 1
    b: "all"
`,
	"camera.yaml": `
camera:
  ros__parameters:
    a: 20
    only: true
`,
	"slash_camera.yaml": `
/camera:
  ros__parameters:
    a: 21
`,
	"star.yaml": `
/*:
  ros__parameters:
    a: 30
    star: true
`,
	"namespaces.yaml": `
/ns/camera:
  ros__parameters: {a: 40, exact: true}
ns/microphone:
  ros__parameters: {a: 41, exact: true}
/*/camera:
  ros__parameters: {a: 42, one: true}
/**/camera:
  ros__parameters: {b: 43, any: true}
/ns/*:
  ros__parameters: {c: 44, below: true}
/ns/**:
  ros__parameters: {d: 45, deep: true}
/*/*/camera:
  ros__parameters: {two: true}
/**/b/**:
  ros__parameters: {middle: true}
other:
  camera:
    ros__parameters: {other: true}
ns:
  camera:
    ros__parameters: {nested: true}
"*":
  ros__parameters: {bare_star: true}
"**":
  ros__parameters: {bare_stars: true}
front:
  ros__parameters: {front: true}
`,
	"types.yaml": `
/**:
  ros__parameters:
    yes_word: yes
    off_word: off
    quoted_yes: "yes"
    tagged: !!str 30
    hexadecimal: 0x10
    octal: 010
    minus: -1
    exponent: 1e3
    point: 3.
    nan: .nan
    infinity: -.inf
    date: 2024-01-01
    path: /dev/video0
    text: |
      two
      lines
    escaped: "tab\there \u00e9 \"q\""
    bools: [true, no]
    integers: [1, 2, -3]
    doubles: [1.0, 2.5]
    strings: [a, "b c", 'it''s']
    image_raw:
      compressed:
        jpeg_quality: 80
      z: 2
    image_raw.compressed.format: "jpeg"
    image_raw.compressed.jpeg_quality: 81
    twice: 1
    twice: 2
`,
}

// cases are lists of arguments, with @name for the path of a file above.
var cases = []string{
	"",
	"--ros-args",
	"--ros-args -p a:=1",
	"-p a:=1 --ros-args -p b:=2 -- -p c:=3",
	"--ros-args -p a:=1 -- --ros-args --param a:=2",
	"--ros-args -p a:=1 -p a:=2",
	"--ros-args -p camera:a:=1 -p a:=2",
	"--ros-args -p a:=2 -p camera:a:=1",
	"--ros-args -p a:=2 -p camera:a:=1 -p a:=3",
	"--ros-args -p microphone:a:=1",
	"--ros-args --params-file @all.yaml",
	"--ros-args --params-file @all.yaml -p a:=7",
	"--ros-args -p a:=7 --params-file @all.yaml",
	"--ros-args --params-file @all_then_camera.yaml",
	"--ros-args --params-file @all_then_camera.yaml -p a:=7",
	"--ros-args --params-file @all_then_camera.yaml -p camera:a:=7",
	"--ros-args --params-file @camera_then_all.yaml",
	"--ros-args --params-file @camera_then_all.yaml -p a:=7",
	"--ros-args --params-file @camera_then_all.yaml -p camera:a:=7",
	"--ros-args --params-file @camera.yaml -p a:=7",
	"--ros-args -p a:=7 --params-file @camera.yaml",
	"--ros-args --params-file @camera.yaml --params-file @slash_camera.yaml",
	"--ros-args --params-file @slash_camera.yaml --params-file @camera.yaml",
	"--ros-args --params-file @slash_camera.yaml -p camera:a:=7",
	"--ros-args --params-file @camera.yaml --params-file @slash_camera.yaml -p camera:a:=7",
	"--ros-args --params-file @all.yaml --params-file @camera.yaml --params-file @all_then_camera.yaml",
	"--ros-args --params-file @all_then_camera.yaml --params-file @camera.yaml --params-file @all.yaml",
	"--ros-args --params-file @star.yaml --params-file @camera.yaml",
	"--ros-args --params-file @camera.yaml --params-file @star.yaml",
	"--ros-args --params-file @star.yaml -r __ns:=/ns",
	"--ros-args --params-file @camera.yaml -r __ns:=/ns",
	"--ros-args --params-file @namespaces.yaml",
	"--ros-args --params-file @namespaces.yaml -r __ns:=/ns",
	"--ros-args --params-file @namespaces.yaml -r __ns:=/other",
	"--ros-args --params-file @namespaces.yaml -r __ns:=/ns/b",
	"--ros-args --params-file @namespaces.yaml -r __ns:=/a/b/c",
	"--ros-args --params-file @namespaces.yaml -r camera:__node:=front",
	"--ros-args --params-file @namespaces.yaml -r camera:__ns:=/ns",
	"--ros-args --params-file @namespaces.yaml -r __ns:=/nsx",
	"--ros-args -r __ns:=/ns -p camera:a:=1 -p b:=2",
	"--ros-args -r camera:__node:=front -p camera:a:=1 -p front:b:=2",
	"--ros-args --params-file @types.yaml",
	`--ros-args --params-file @types.yaml -p image_raw.compressed.jpeg_quality:=5 -p minus:=-2 -p strings:=[x]`,
	`--ros-args -p s:="" -p t:='30' -p u:=["1","2"] -p v:=[.5,1.] -p w:=text -p x:=-.5 -p y:=[yes,off]`,
	"--ros-args -p use_sim_time:=true",
}

// lists writes the files and returns the arguments of the cases.
func lists(t *testing.T) [][]string {
	t.Helper()
	directory := t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(directory, name), content)
	}
	arguments := make([][]string, len(cases))
	for i, text := range cases {
		arguments[i] = []string{}
		for _, argument := range strings.Fields(text) {
			if name, ok := strings.CutPrefix(argument, "@"); ok {
				argument = filepath.Join(directory, name)
			}
			arguments[i] = append(arguments[i], argument)
		}
	}
	return arguments
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// rclpy returns, for each list of arguments, what rclpy's nodes have.
func rclpy(t *testing.T, arguments [][]string) []map[string]map[string]string {
	t.Helper()
	input, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("python3", "testdata/parameters.py")
	command.Env = append(os.Environ(), "ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST", "ROS_DOMAIN_ID=51")
	command.Stdin = strings.NewReader(string(input))
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("rclpy, which the sourced ROS environment must have: %v", err)
	}
	var found []map[string]map[string]string
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	decoder.UseNumber()
	for decoder.More() {
		var nodes map[string]map[string][2]any
		if err := decoder.Decode(&nodes); err != nil {
			t.Fatal(err)
		}
		texts := make(map[string]map[string]string)
		for node, parameters := range nodes {
			texts[node] = make(map[string]string)
			for name, typed := range parameters {
				texts[node][name] = fmt.Sprintf("%v %v", typed[0], plain(typed[1]))
			}
		}
		found = append(found, texts)
	}
	return found
}

// plain makes numbers of JSON comparable with Go's.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			number, _ := v.Float64()
			return number
		}
	case string:
		switch v {
		case "nan":
			return "NaN"
		case "inf":
			return "+Inf"
		case "-inf":
			return "-Inf"
		}
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = plain(element)
		}
		return list
	}
	return v
}

// text writes a value as rclpy's is written by the above.
func text(v param.Value) string {
	var data any
	switch v.Kind() {
	case param.KindBool:
		data = v.Bool()
	case param.KindInteger:
		data = v.Int()
	case param.KindDouble:
		data = v.Double()
	case param.KindString:
		data = v.Text()
	case param.KindBoolArray:
		data = v.Bools()
	case param.KindIntegerArray:
		data = v.Ints()
	case param.KindDoubleArray:
		data = v.Doubles()
	case param.KindStringArray:
		data = v.Texts()
	default:
		panic("kind " + v.Kind().String())
	}
	return fmt.Sprintf("%d %v", v.Kind(), data)
}

func TestNodesGetWhatRclpyNodesGet(t *testing.T) {
	arguments := lists(t)
	want := rclpy(t, arguments)
	if len(want) != len(cases) {
		t.Fatalf("rclpy answered %d of %d cases", len(want), len(cases))
	}
	compared := 0
	for i, list := range arguments {
		overrides, err := Parse(append([]string{"program"}, list...))
		if err != nil {
			t.Errorf("%s: %v", cases[i], err)
			continue
		}
		for _, node := range slices.Sorted(maps.Keys(want[i])) {
			got := make(map[string]string)
			for name, override := range overrides.For(node) {
				got[name] = text(override.Value)
				if override.Origin == (param.Origin{}) {
					t.Errorf("%s: node %s, parameter %s: origin unknown", cases[i], node, name)
				}
			}
			compared += len(got)
			if diff := cmp.Diff(want[i][node], got); diff != "" {
				t.Errorf("%s: node %s (-rclpy +Parse):\n%s", cases[i], node, diff)
			}
		}
	}
	if compared < 2*len(cases) {
		t.Errorf("only %d parameters were compared", compared)
	}
}

// TestLaterTypeWins shows where this package departs from rcl on purpose.
func TestLaterTypeWins(t *testing.T) {
	list := []string{"--ros-args", "-p", "device:=0", "-p", "device:=/dev/video2"}
	if got, want := rclpy(t, [][]string{list})[0]["/camera"]["device"], "2 0"; got != want {
		t.Errorf("rclpy: got %s, want %s: rcl no longer keeps the first type, so that mending it can be dropped", got, want)
	}
	overrides, err := Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := overrides.For("/camera")["device"].Value, param.String("/dev/video2"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
