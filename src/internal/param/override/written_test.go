package override

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/param"
)

// readBack writes a table's documentation to a file and returns the values that a
// node takes from it.
func readBack(t *testing.T, key, node string, table *param.Table) param.Set {
	t.Helper()
	var text strings.Builder
	if err := param.WriteYAML(&text, key, table); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "written.yaml")
	write(t, file, text.String())
	overrides, err := Parse([]string{"--ros-args", "--params-file", file})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text.String())
	}
	given := overrides.For(node)
	for _, declaration := range table.Declarations() {
		if _, ok := given[declaration.Name]; !ok {
			t.Errorf("%s is not in\n%s", declaration.Name, text.String())
		}
	}
	if got, want := len(given), len(table.Declarations()); got != want {
		t.Errorf("got %d parameters, want %d", got, want)
	}
	set, warnings, err := table.Resolve(node, overrides)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text.String())
	}
	for _, warning := range warnings {
		t.Errorf("got warning %s", warning)
	}
	return set
}

// oneOfEach declares a parameter of each kind.
func oneOfEach(text string, integer int64, double float64, flag bool) *param.Table {
	declare := func(name string, value param.Value) param.Declaration {
		return param.Declaration{Name: name, Default: value, Description: "Some: # words \"in\" a comment."}
	}
	return param.NewTable([]param.Declaration{
		declare("flag", param.Bool(flag)),
		declare("integer", param.Int(integer)),
		declare("double", param.Double(double)),
		declare("text", param.String(text)),
		declare("group.flags", param.Bools(flag, !flag)),
		declare("group.integers", param.Ints(integer, -1)),
		declare("group.deep.doubles", param.Doubles(double, 1)),
		declare("group.deep.texts", param.Strings(text, "")),
		declare("group", param.String("a group's name is free for a parameter")),
		declare("empty", param.Strings()),
	})
}

func TestWrittenYAMLGivesTheSameValues(t *testing.T) {
	for _, test := range []struct{ key, node string }{
		{"camera", "/camera"}, {"/**/camera", "/a/b/camera"}, {"/**", "/microphone"},
	} {
		table := oneOfEach("text", 1, 30, true)
		compare(t, readBack(t, test.key, test.node, table))
	}
}

// compare reports values that are not the defaults.
func compare(t *testing.T, got param.Set) {
	t.Helper()
	for _, declaration := range got.Table().Declarations() {
		if value := got.Value(declaration.Name); !value.Equal(declaration.Default) {
			t.Errorf("%s: got %s %s, want %s %s", declaration.Name, value.Kind(), value, declaration.Default.Kind(), declaration.Default)
		}
	}
}

func FuzzWrittenYAML(f *testing.F) {
	for _, text := range []string{"", "yes", "30", "1e3", ".nan", "~", "null", "a: b", "# c", "- d", "\"", "'", "\\", "\n", " e ", "é", "\u2028\ufeff\u0085",
		"{g}", "[h]", "&i", "*j", "!!str k", "%l", "@m", "`n", "|", ">", "\t\x01\x7f", "😀", "---", "...", "?"} {
		f.Add(text, int64(len(text)), 0.1, true)
	}
	f.Add("ends", int64(math.MinInt64), math.MaxFloat64, false)
	f.Add("ends", int64(math.MaxInt64), -0x1p-1022, true)
	f.Add("large", int64(0), 1e21, true)
	f.Add("zero", int64(-1), math.Copysign(0, -1), true)
	f.Fuzz(func(t *testing.T, text string, integer int64, double float64, flag bool) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "0")
		// rcl takes numbers below the smallest normal one for text.
		if math.IsNaN(double) || math.IsInf(double, 0) || math.Abs(double) < 0x1p-1022 {
			double = 0
		}
		compare(t, readBack(t, "camera", "/camera", oneOfEach(text, integer, double, flag)))
	})
}
