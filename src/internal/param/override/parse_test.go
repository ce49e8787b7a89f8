package override

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"av_capture/src/internal/param"
)

func parse(t *testing.T, arguments ...string) *param.Overrides {
	t.Helper()
	overrides, err := Parse(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return overrides
}

func TestOriginIsTheLastSource(t *testing.T) {
	directory := t.TempDir()
	first, second := filepath.Join(directory, "first.yaml"), filepath.Join(directory, "second.yaml")
	write(t, first, "camera: {ros__parameters: {a: 1, b: 1, c: 1}}\n")
	write(t, second, "camera: {ros__parameters: {b: 1, c: 1}}\n")
	given := parse(t, "--ros-args", "--params-file", first, "--params-file", second, "-p", "camera:c:=1").For("/camera")
	for name, want := range map[string]param.Origin{
		"a": {File: first, Position: 2},
		"b": {File: second, Position: 4},
		"c": {Argument: "camera:c:=1", Position: 6},
	} {
		if got := given[name].Origin; got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestEmptyListIsKept(t *testing.T) {
	given := parse(t, "--ros-args", "-p", "fresh:=[]", "-p", "emptied:=[a]", "-p", "emptied:=[]").For("/camera")
	for _, name := range []string{"fresh", "emptied"} {
		if got, ok := given[name]; !ok || got.Value.Kind() != param.KindNotSet {
			t.Errorf("%s: got %v, want a value that is not set", name, got)
		}
	}
}

func TestNoArgumentsGiveNothing(t *testing.T) {
	for _, arguments := range [][]string{nil, {}, {"program"}, {"program", "--ros-args"}} {
		if got := parse(t, arguments...); len(got.Sections) != 0 {
			t.Errorf("%q: got %v, want nothing", arguments, got)
		}
	}
}

// pipe returns the path of a pipe that holds content, as a shell's <(…) makes it.
func pipe(t *testing.T, content string) string {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	if _, err := writer.WriteString(content); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("/proc/self/fd/%d", reader.Fd())
}

func TestFileThatCanBeReadOnceIsRead(t *testing.T) {
	file := pipe(t, "camera: {ros__parameters: {a: 1}}\n")
	given := parse(t, "--ros-args", "--params-file", file, "-p", "b:=2").For("/camera")
	if got := given["a"]; !got.Value.Equal(param.Int(1)) || got.Origin != (param.Origin{}) {
		t.Errorf("got %v, want 1 from nowhere", got)
	}
	if got := given["b"]; !got.Value.Equal(param.Int(2)) || got.Origin.Argument == "" {
		t.Errorf("got %v, want 2 from the command line", got)
	}
}

func TestBrokenFileThatCanBeReadOnceIsNamed(t *testing.T) {
	file := pipe(t, "camera: {x: 1}\n")
	_, err := Parse([]string{"--ros-args", "-p", "a:=1", "--params-file", file})
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("got %v, want an error that names %s and line 1", err, file)
	}
}

func TestBrokenFileIsNamedWithLine(t *testing.T) {
	for name, test := range map[string]struct{ content, want string }{
		"unclosed list":   {"camera:\n  ros__parameters:\n    x: [1\n    y: 2\n", `, line 3 ("x: [1"): no valid YAML here or just below`},
		"tab":             {"camera:\n\tros__parameters:\n\t\tx: 1\n", `, line 2 ("ros__parameters:"): no valid YAML: a tab indents this line, use spaces`},
		"no layer":        {"camera:\n  x: 1\n", `, line 2 ("x: 1"): a value where rcl expects a node's name and ros__parameters`},
		"misspelt layer":  {"camera:\n  ros_parameters:\n    x: 1\n", `, line 3 ("x: 1"): a value where rcl expects a node's name and ros__parameters`},
		"no value":        {"camera:\n  ros__parameters:\n    x:\n    y: 1\n", `, line 3 ("x:"): a parameter without a value`},
		"mixed list":      {"camera:\n  ros__parameters:\n    x: [1, two]\n", `, line 3 ("x: [1, two]"): the elements of the list are of different types`},
		"node name":       {"cam-era:\n  ros__parameters:\n    x: 1\n", `: node name must not contain characters other than alphanumerics or '_'`},
		"alias":           {"camera:\n  ros__parameters:\n    x: &a 1\n    y: *a\n", `, line 4 ("y: *a"): rcl does not support aliases`},
		"only an opening": {"{", `, line 1 ("{"): no valid YAML here or just below`},
	} {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			good, bad := filepath.Join(directory, "good.yaml"), filepath.Join(directory, "bad.yaml")
			write(t, good, "camera: {ros__parameters: {a: 1}}\n")
			write(t, bad, test.content)
			_, err := Parse([]string{"--ros-args", "--params-file", good, "--params-file", bad, "-p", "b:=1"})
			if err == nil || !strings.HasPrefix(err.Error(), "parameter file "+bad+test.want) {
				t.Errorf("got %v, want parameter file %s%s…", err, bad, test.want)
			}
		})
	}
}

func TestUnreadableFileIsNamed(t *testing.T) {
	directory := t.TempDir()
	absent := filepath.Join(directory, "absent.yaml")
	for file, want := range map[string]string{
		absent:    "parameter file: stat " + absent + ": no such file or directory",
		directory: "parameter file: " + directory + " is a directory",
	} {
		if _, err := Parse([]string{"--ros-args", "--params-file", file}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestBrokenArgumentIsNamed(t *testing.T) {
	for argument, want := range map[string]string{
		"y:=":             "the value is missing",
		"y=1":             "no := in it",
		"y:={a: 1}":       "a value is a scalar or a list",
		"y:=[1, 2.0]":     "the elements of the list are of different types",
		"y:=[1":           "no valid YAML",
		"/camera:y:=1":    "want -p [node:]parameter:=value, with the node's name without namespace",
		"/ns/camera:y:=1": "want -p [node:]parameter:=value, with the node's name without namespace",
		":y:=1":           "want -p [node:]parameter:=value",
	} {
		_, err := Parse([]string{"--ros-args", "-p", "a:=1", "-p", argument})
		if err == nil || !strings.HasPrefix(err.Error(), "argument -p "+argument+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want argument -p %s: %s…", argument, err, argument, want)
		}
	}
}

func TestOtherBrokenArgumentsAreRefused(t *testing.T) {
	for want, arguments := range map[string][]string{
		"-p flag":   {"--ros-args", "-p"},
		"log level": {"--ros-args", "--log-level", "loud"},
	} {
		_, err := Parse(arguments)
		if err == nil || !strings.HasPrefix(err.Error(), "arguments: ") || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "arguments.c") {
			t.Errorf("%q: got %v, want arguments: … %s …, without rcl's source lines", arguments, err, want)
		}
	}
}

func TestRemappingThatRosDoesNotTakeIsQuotedWithTheForm(t *testing.T) {
	for _, rule := range []string{"no rule", "/camera/image_raw:=/a/", "audio:=/a//b", "a:=/9", "__ns:=robot", "camera:__node:=a/b", "a:={x}/b"} {
		_, err := Parse([]string{"--ros-args", "-r", "fine:=/fine", "--remap", rule, "-p", "a:=1"})
		if err == nil || !strings.HasPrefix(err.Error(), "argument -r "+rule+": ") || !strings.Contains(err.Error(), "-r image_raw:=/eye") ||
			strings.Contains(err.Error(), "error not set") {
			t.Errorf("%s: got %v, want argument -r %s: …", rule, err, rule)
		}
	}
}

func TestParseOnManyThreads(t *testing.T) {
	var group sync.WaitGroup
	for i := range 4 * runtime.GOMAXPROCS(0) {
		group.Add(1)
		go func() {
			defer group.Done()
			for j := range 50 {
				if _, err := Parse([]string{"--ros-args", "-p", fmt.Sprintf("broken%d_%d:=[", i, j)}); err == nil ||
					!strings.Contains(err.Error(), fmt.Sprintf("broken%d_%d:", i, j)) {
					t.Errorf("got %v, want the error of broken%d_%d", err, i, j)
				}
				name := fmt.Sprintf("good%d_%d", i, j)
				overrides, err := Parse([]string{"--ros-args", "-p", name + ":=1"})
				if err != nil || !overrides.For("/camera")[name].Value.Equal(param.Int(1)) {
					t.Errorf("%s: got %v, %v", name, overrides, err)
				}
			}
		}()
	}
	group.Wait()
}

func TestParseLeaksNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.yaml")
	var text strings.Builder
	text.WriteString("camera:\n  ros__parameters:\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "    name%d: [\"some text\", \"that is long enough to be seen if it leaks, %d\"]\n", i, i)
	}
	write(t, file, text.String())
	arguments := []string{"--ros-args", "--params-file", file, "-p", "a:=" + strings.Repeat("x", 512<<10)}
	runtime.LockOSThread() // malloc has an arena for each thread
	defer runtime.UnlockOSThread()
	// A leak adds after every batch the C memory of a reading, 0.5 MiB and
	// more for each of its parts; malloc's own growth ends.
	least := int64(math.MaxInt64)
	for range 4 {
		before := resident(t)
		for range 8 {
			parse(t, arguments...)
		}
		least = min(least, resident(t)-before)
	}
	if least > 4<<20 {
		t.Errorf("resident memory grew by %d KiB or more in each 8 readings", least>>10)
	}
}

// resident returns the resident memory in bytes without Go's heap.
func resident(t *testing.T) int64 {
	t.Helper()
	runtime.GC()
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(status), &size, &pages); err != nil {
		t.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return pages*int64(os.Getpagesize()) - int64(memory.Sys-memory.HeapReleased)
}

// Messages quote the user's text, not YAML's value.
func TestWhatTheUserWroteIsQuoted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "camera.yaml")
	write(t, file, `
/**:
  ros__parameters: {elsewhere: 0x10}
ns:
  camera:
    ros__parameters:
      frame_id: on # the flag
      camera_name: 007
      group:
        deep.texts: [on, off]
      device: 010
      rate: 0x1F
      same: 7
      quoted: "007"
`)
	table := param.NewTable([]param.Declaration{
		{Name: "frame_id", Default: param.String(""), Description: "D."},
		{Name: "camera_name", Default: param.String(""), Description: "D."},
		{Name: "group.deep.texts", Default: param.Strings(), Description: "D."},
		{Name: "device", Default: param.String(""), Description: "D.", AcceptInteger: true},
		{Name: "rate", Default: param.Double(1), Description: "D."},
		{Name: "same", Default: param.Double(1), Description: "D."},
		{Name: "quoted", Default: param.String(""), Description: "D."},
		{Name: "elsewhere", Default: param.Int(1), Range: param.IntegerRange{From: 1, To: 2}, Description: "D."},
		{Name: "argument", Default: param.String(""), Description: "D."},
		{Name: "arguments", Default: param.Strings(), Description: "D."},
	})
	overrides := parse(t, "--ros-args", "--params-file", file, "-p", "argument:=08", "-p", "arguments:=[1e3, .5]")
	_, _, err := table.Resolve("/ns/camera", overrides)
	for _, want := range []string{
		`"frame_id" of node /ns/camera in ` + file + `: got bool on (in YAML true), want string: write "on"`,
		`got integer 007 (in YAML 7), want string: write "007"`,
		`got bool_array [on, off] (in YAML [true, false]), want string_array: write ["on", "off"]`,
		`got integer 0x1F (in YAML 31), want double: write 31.0`,
		`got integer 7, want double: write 7.0`,
		`got 0x10 (in YAML 16), want 1 to 2`,
		`"argument" of node /ns/camera on the command line: got double 08 (in YAML 8.0), want string: write argument:='"08"'`,
		`got double_array [1e3, .5] (in YAML [1000.0, 0.5]), want string_array: write arguments:='["1e3", ".5"]'`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want … %s …", err, want)
		}
	}
	if err != nil && (strings.Contains(err.Error(), `"device"`) || strings.Contains(err.Error(), `"quoted"`)) {
		t.Errorf("got %v, want nothing of device and quoted", err)
	}
	if got := overrides.For("/ns/camera")["device"]; len(got.Written) != 1 || got.Written[0] != "010" {
		t.Errorf("device: got %q, want 010", got.Written)
	}
}

// The text that a message proposes is written in a shell.
func TestTheCureOfAnArgumentGoesThroughAShell(t *testing.T) {
	table := param.NewTable([]param.Declaration{
		{Name: "frame_id", Default: param.String(""), Description: "D."},
		{Name: "texts", Default: param.Strings(), Description: "D."},
		{Name: "rate", Default: param.Double(1), Description: "D."},
	})
	for _, c := range []struct{ argument, name string }{{"frame_id:=on", "frame_id"}, {"camera:texts:=[yes, no]", "texts"}, {"rate:=7", "rate"}} {
		_, _, err := table.Resolve("/camera", parse(t, "--ros-args", "-p", c.argument))
		if err == nil {
			t.Errorf("%s is taken", c.argument)
			continue
		}
		_, cure, _ := strings.Cut(err.Error(), ": write ")
		if c.name == "rate" {
			cure = "rate:=" + cure // a plain word
		}
		word, err := exec.Command("sh", "-c", "printf %s "+cure).Output()
		if err != nil {
			t.Errorf("%s: sh: %v", cure, err)
			continue
		}
		if _, _, err := table.Resolve("/camera", parse(t, "--ros-args", "-p", string(word))); err != nil {
			t.Errorf("%s, of which a shell makes %s: %v", cure, word, err)
		}
	}
}

func TestAFileThatCannotBeMeantIsRefusedUnread(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Fatal(err)
	}
	_, err := Parse([]string{"--ros-args", "--params-file", path})
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "1099511627776 bytes") {
		t.Errorf("%v, want file and size", err)
	}
}
