package node

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/acquire"
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

// rows returns the cells of the first table below a heading of the README,
// without the row of titles.
func rows(t *testing.T, heading string) [][]string {
	t.Helper()
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n"+heading+"\n")
	if !found {
		t.Fatalf("README.md has no heading %q", heading)
	}
	var table [][]string
	for line := range strings.Lines(section) {
		line, isRow := strings.CutPrefix(strings.TrimSpace(line), "|")
		if !isRow {
			if len(table) > 0 {
				break
			}
			continue
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(line, "|"), "|") {
			cells = append(cells, strings.Trim(strings.TrimSpace(cell), "`"))
		}
		table = append(table, cells)
	}
	if len(table) < 3 {
		t.Fatalf("README.md has no table below %q", heading)
	}
	return table[2:] // after the titles and the line below them
}

// ownServices returns the heading of the services that only one node has; none
// where there is no such section.
func ownServices(t *testing.T, node string) (heading string, found bool) {
	t.Helper()
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	heading = "### Services of `" + node + "`"
	return heading, strings.Contains(string(readme), "\n"+heading+"\n")
}

// link matches a link in Markdown.
var link = regexp.MustCompile(`\[(.*)\]\(.*\)`)

// bothNodes returns a camera and a microphone.
func bothNodes(t *testing.T) []*base {
	parent := newContext(t)
	camera, err := NewCamera(parent, Options{Name: "camera"}, func(CameraConfig, func(string)) (acquire.VideoSource, error) {
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	microphone, err := NewMicrophone(parent, Options{Name: "microphone"}, func(MicrophoneConfig, func(string)) (acquire.AudioSource, error) {
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { microphone.Close() })
	return []*base{&camera.base, &microphone.base}
}

// typed returns the rows of a table by their first column, and the types in the
// second one with what they are types of, "msg" or "srv".
func typed(t *testing.T, heading, of string) map[string]string {
	types := make(map[string]string)
	for _, row := range rows(t, heading) {
		package_, name, _ := strings.Cut(link.ReplaceAllString(row[1], "$1"), "/")
		types[row[0]] = package_ + "/" + of + "/" + name
	}
	return types
}

func TestReadmeListsEveryTopicWithItsType(t *testing.T) {
	want := make(map[string]string)
	for name, kind := range typed(t, "## Topics", "msg") {
		want["/"+strings.TrimPrefix(name, "/")] = kind
	}
	got := make(map[string]string)
	for _, n := range bothNodes(t) {
		topics, err := n.node.GetPublisherNamesAndTypesByNode(false, n.node.Name(), n.node.Namespace())
		if err != nil {
			t.Fatal(err)
		}
		for topic, types := range topics {
			if topic != "/rosout" { // every node's
				got[topic] = strings.Join(types, ", ")
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md lists other topics than the nodes publish (-README +nodes):\n%s", diff)
	}
}

func TestReadmeListsEveryServiceWithItsType(t *testing.T) {
	for _, n := range bothNodes(t) {
		want := make(map[string]string)
		for name, kind := range typed(t, "## Services", "srv") {
			want[n.node.FullyQualifiedName()+"/"+name] = kind
		}
		if heading, found := ownServices(t, n.node.Name()); found {
			for name, kind := range typed(t, heading, "srv") {
				want[n.node.FullyQualifiedName()+"/"+name] = kind
			}
		}
		services, err := n.node.GetServiceNamesAndTypesByNode(n.node.Name(), n.node.Namespace())
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]string)
		for service, types := range services {
			got[service] = strings.Join(types, ", ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("README.md lists other services than %s has (-README +node):\n%s", n.node.Name(), diff)
		}
	}
}

// argument matches the declaration of a launch argument.
var argument = regexp.MustCompile(`DeclareLaunchArgument\(\s*'(\w+)'`)

func TestReadmeListsEveryLaunchArgument(t *testing.T) {
	launch, err := os.ReadFile("../../../launch/av_capture.launch.py")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, match := range argument.FindAllStringSubmatch(string(launch), -1) {
		want = append(want, match[1])
	}
	for _, row := range rows(t, "## Launch") {
		got = append(got, row[0])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("README.md lists the launch arguments %v, want %v", got, want)
	}
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
