package node

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"av_capture/src/internal/param"

	"github.com/google/go-cmp/cmp"
)

// The documents that repeat what the tables say. Run the tests of this package
// with -update to write them anew.
var update = flag.Bool("update", false, "write config/av_capture.yaml and README.md anew from the tables")

const (
	configFile = "../../../config/av_capture.yaml"
	readmeFile = "../../../README.md"
)

var tables = []struct {
	node  string
	table *param.Table
}{
	{"camera", CameraTable},
	{"microphone", MicrophoneTable},
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

func TestReadmeListsEveryParameterWithItsDefault(t *testing.T) {
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	want := string(readme)
	for _, table := range tables {
		var markdown bytes.Buffer
		if err := param.WriteMarkdown(&markdown, table.table); err != nil {
			t.Fatal(err)
		}
		want = replaceTable(t, want, "Parameters of `"+table.node+"`", markdown.String())
	}
	compare(t, readmeFile, want)
}

// replaceTable returns the text with the first table below a heading replaced.
func replaceTable(t *testing.T, text, heading, table string) string {
	t.Helper()
	pattern := regexp.MustCompile(`(?m)^#+ ` + regexp.QuoteMeta(heading) + `\n(?:[^|#\n].*\n|\n)*((?:\|.*\n)*)`)
	at := pattern.FindStringSubmatchIndex(text)
	if at == nil {
		t.Fatalf("README.md has no heading %q", heading)
	}
	return text[:at[2]] + table + "\n" + strings.TrimLeft(text[at[3]:], "\n")
}

// compare fails if a file is not as wanted, or writes it with -update.
func compare(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the tables say; run this test with -update (-want +got):\n%s", file, diff)
	}
}
