package param

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

func TestWriteYAML(t *testing.T) {
	table := NewTable([]Declaration{
		{Name: "group.text", Default: String("a \"b\"\n\té"), ReadOnly: true,
			Description: "A description that is so long that it does not fit into one line of the file, with a unit [pixels]."},
		{Name: "window", Default: Int(1024), Description: "Window [samples].", Constraint: "a power of two", Check: func(Value) error { return nil }},
		{Name: "list", Default: Strings(), Description: "A list."},
		{Name: "rate", Default: Double(1e21), Description: "Rate."},
	})
	want := `/**/camera:
  ros__parameters:
    # A description that is so long that it does not fit into one line of the
    # file, with a unit [pixels].
    # Type string, read-only.
    group.text: "a \"b\"\n\té"

    # Window [samples].
    # Type integer, a power of two.
    window: 1024

    # A list.
    # Type string_array.
    list: []

    # Rate.
    # Type double.
    rate: 1.0e+21
`
	var got strings.Builder
	if err := WriteYAML(&got, "/**/camera", table); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, line := range strings.Split(got.String(), "\n") {
		if len(line) > 80 {
			t.Errorf("line of %d characters: %s", len(line), line)
		}
	}
}

func TestWriteMarkdown(t *testing.T) {
	table := NewTable([]Declaration{
		{Name: "a", Default: String("x|y`z"), Description: "One | two\nthree.", ReadOnly: true},
		{Name: "b", Default: String("p"), Description: "B.", Choices: OneOf("p", "q"), Aliases: map[string]string{"s": "q", "r": "p"}},
	})
	want := "| Parameter | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n" +
		"| `a` | string | `` \"x\\|y`z\" `` |  | One \\| two three. Read-only. |\n" +
		"| `b` | string | `\"p\"` | one of \"p\", \"q\" | B. Other words: \"r\" = \"p\", \"s\" = \"q\". |\n"
	var got strings.Builder
	if err := WriteMarkdown(&got, table); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWritersReturnErrors(t *testing.T) {
	if WriteYAML(full{}, "camera", testTable()) == nil || WriteMarkdown(full{}, testTable()) == nil {
		t.Error("got no error of a full disk")
	}
}

// FuzzValueText reads values back with a YAML parser of another make.
func FuzzValueText(f *testing.F) {
	f.Add("text", int64(1), 0.5, true)
	f.Add("a: #b\n\t\"\\\x01\x7f\u0085\u2028\ufeff'", int64(math.MinInt64), -1e-300, false)
	f.Add("yes", int64(math.MaxInt64), 1e21, true)
	f.Add("30", int64(-1), 3.0, true)
	f.Fuzz(func(t *testing.T, text string, integer int64, double float64, flag bool) {
		text = strings.ToValidUTF8(text, "?")
		if math.IsNaN(double) || math.IsInf(double, 0) {
			double = 0
		}
		var got struct {
			Text    string    `yaml:"text"`
			Texts   []string  `yaml:"texts"`
			Integer int64     `yaml:"integer"`
			Doubles []float64 `yaml:"doubles"`
			Double  any       `yaml:"double"`
			Flags   []bool    `yaml:"flags"`
		}
		written := "text: " + String(text).String() +
			"\ntexts: " + Strings(text, "", text).String() +
			"\ninteger: " + Int(integer).String() +
			"\ndouble: " + Double(double).String() +
			"\ndoubles: " + Doubles(double, -double).String() +
			"\nflags: " + Bools(flag, !flag).String() + "\n"
		if err := yaml.Unmarshal([]byte(written), &got); err != nil {
			t.Fatalf("%v in\n%s", err, written)
		}
		if got.Text != text || len(got.Texts) != 3 || got.Texts[0] != text || got.Texts[1] != "" || got.Texts[2] != text {
			t.Errorf("text %q: got %q and %q", text, got.Text, got.Texts)
		}
		if got.Integer != integer || got.Double != any(double) || len(got.Doubles) != 2 || got.Doubles[1] != -double {
			t.Errorf("%d, %g: got %d, %v, %v", integer, double, got.Integer, got.Double, got.Doubles)
		}
		if len(got.Flags) != 2 || got.Flags[0] != flag || got.Flags[1] == flag {
			t.Errorf("%v: got %v", flag, got.Flags)
		}
	})
}

// FuzzValidate gives a table any value: a valid one is valid again and unchanged, and the
// refusal of another one names the parameter.
func FuzzValidate(f *testing.F) {
	f.Add("width", "yuyv", int64(4), 0.5, true)
	f.Add("rate", "30", int64(math.MinInt64), math.NaN(), false)
	f.Add(`a "name"`, "", int64(0), 0.0, false)
	f.Add("format", "yuyv2rgb", int64(math.MaxInt64), math.Inf(1), false)
	table := testTable()
	f.Fuzz(func(t *testing.T, name, text string, integer int64, double float64, flag bool) {
		values := []Value{{}, Bool(flag), Int(integer), Double(double), String(text), Bytes([]byte(text)...),
			Bools(flag), Ints(integer, 0), Doubles(double, 0), Strings(text, "")}
		for _, candidate := range append(table.names(), name) {
			for _, value := range values {
				taken, err := table.Validate(candidate, value)
				if err != nil {
					if want := "parameter " + Quoted(candidate) + ": "; !strings.HasPrefix(err.Error(), want) {
						t.Errorf("got %v, want %s…", err, want)
					}
					continue
				}
				if want := table.Lookup(candidate).Kind(); taken.Kind() != want {
					t.Errorf("%s = %s: got %s, want a %s", candidate, value, taken, want)
				}
				if again, err := table.Validate(candidate, taken); err != nil || !again.Equal(taken) {
					t.Errorf("%s = %s: got %s, then %s, %v", candidate, value, taken, again, err)
				}
			}
		}
	})
}
