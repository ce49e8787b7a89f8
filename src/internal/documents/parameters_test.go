package documents

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/param"

	"github.com/google/go-cmp/cmp"
)

// The documents that repeat what the tables say. Run the tests of this package
// with -update to write them anew.
var update = flag.Bool("update", false, "write config/av_capture.yaml and doc/parameters.md anew from the tables")

const configFile = "config/av_capture.yaml"

var tables = []struct {
	node  string
	table *param.Table
}{
	{"camera", camera.Table},
	{"microphone", microphone.Table},
}

const configHeader = `# Parameters of av_capture's two nodes, with their defaults. Copy this file,
# change what you need, leave out the rest:
#
#     ros2 launch av_capture av_capture.launch.py params_file:=/path/to/my.yaml
#
# The keys match the nodes in every namespace.

`

func TestConfigFileHoldsEveryParameterWithItsDefault(t *testing.T) {
	var want bytes.Buffer
	want.WriteString(configHeader)
	for i, table := range tables {
		if i > 0 {
			want.WriteByte('\n')
		}
		if err := param.WriteYAML(&want, "/**/"+table.node, table.table); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, configFile, want.String())
}

func TestDocumentListsEveryParameterWithItsDefault(t *testing.T) {
	want := text(t, parameters)
	for _, table := range tables {
		want = replaceTable(t, want, "Parameters of `"+table.node+"`", markdown(t, table.table))
	}
	compare(t, parameters, want)
}

// markdown returns a table of parameters as the document has it.
func markdown(t *testing.T, table *param.Table) string {
	t.Helper()
	var text bytes.Buffer
	if err := param.WriteMarkdown(&text, table); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestReadmeHasADozenParametersWithTheirDefaults(t *testing.T) {
	listed := rows(t, readme, "## Parameters")
	if len(listed) > 15 {
		t.Errorf("README.md lists %d parameters: the others belong into %s", len(listed), parameters)
	}
	for _, row := range listed {
		found := false
		for _, table := range tables {
			for line := range strings.Lines(markdown(t, table.table)) {
				cells := strings.Split(line, " | ")
				found = found || table.node == row[1] && cells[0] == "| "+row[0] && cells[2] == row[2]
			}
		}
		if !found {
			t.Errorf("README.md says that %s has the parameter %s with the default %s, which it has not", row[1], row[0], row[2])
		}
	}
}

// argument matches the declaration of a launch argument.
var argument = regexp.MustCompile(`DeclareLaunchArgument\(\s*'(\w+)'`)

func TestDocumentListsEveryLaunchArgument(t *testing.T) {
	var want, got []string
	for _, match := range argument.FindAllStringSubmatch(text(t, "launch/av_capture.launch.py"), -1) {
		want = append(want, match[1])
	}
	for _, row := range rows(t, running, "## Launch") {
		got = append(got, bare(row[0]))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s lists the launch arguments %v, want %v", running, got, want)
	}
}

// replaceTable returns the text with the first table below a heading replaced.
func replaceTable(t *testing.T, text, heading, table string) string {
	t.Helper()
	pattern := regexp.MustCompile(`(?m)^#+ ` + regexp.QuoteMeta(heading) + `\n(?:[^|#\n].*\n|\n)*((?:\|.*\n)*)`)
	at := pattern.FindStringSubmatchIndex(text)
	if at == nil {
		t.Fatalf("there is no heading %q", heading)
	}
	return text[:at[2]] + table + text[at[3]:]
}

// compare fails if a file below top is not as wanted, or writes it with -update.
func compare(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join(top, path), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, text(t, path)); diff != "" {
		t.Errorf("%s is not what the tables say; run this test with -update (-want +got):\n%s", path, diff)
	}
}
