package param

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// testTable has a parameter of every kind and property.
func testTable() *Table {
	return NewTable([]Declaration{
		{Name: "flag", Default: Bool(true), Description: "A flag."},
		{Name: "width", Default: Int(640), Description: "Width [pixels].", Range: IntegerRange{From: 2, To: 4096, Step: 2}},
		{Name: "rate", Default: Double(30), Description: "Rate [1/s].", Range: DoubleRange{From: 0.5, To: 240}},
		{Name: "format", Default: String("bgr8"), Description: "Encoding.", Choices: OneOf("bgr8", "rgb8", "yuv422_yuy2"),
			Aliases: map[string]string{"yuyv": "yuv422_yuy2", "yuyv2rgb": "rgb8"}},
		{Name: "device", Default: String("/dev/video0"), Description: "Device.", AcceptInteger: true},
		{Name: "flags", Default: Bools(true, false), Description: "Flags."},
		{Name: "sizes", Default: Ints(1, 2), Description: "Sizes.", Range: IntegerRange{From: 0, To: math.MaxInt64}},
		{Name: "gains", Default: Doubles(0.5), Description: "Gains.", Range: DoubleRange{From: math.Inf(-1), To: 1}},
		{Name: "group.args", Default: Strings(), Description: "Arguments."},
		{Name: "window", Default: Int(1024), Description: "Window [samples].", Constraint: "a power of two",
			Check: func(v Value) error {
				if n := v.Int(); n < 1 || n&(n-1) != 0 {
					return errors.New("want a power of two")
				}
				return nil
			}},
		{Name: "fixed", Default: Int(7), Description: "Fixed.", ReadOnly: true},
	}, WithIgnored("use_sim_time", "qos_overrides."), WithCheck(func(s Set) error {
		if s.Int("window") > 2*s.Int("width") {
			return fmt.Errorf("window %d is more than twice width %d", s.Int("window"), s.Int("width"))
		}
		return nil
	}))
}

func TestDefaultsAreReadByKind(t *testing.T) {
	set := testTable().Defaults()
	got := fmt.Sprintln(set.Bool("flag"), set.Int("width"), set.Double("rate"), set.String("format"), set.Bools("flags"),
		set.Ints("sizes"), set.Doubles("gains"), len(set.Strings("group.args")), set.Value("fixed"))
	if want := "true 640 30 bgr8 [true false] [1 2] [0.5] 0 7\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// panicText returns the text of f's panic, or "".
func panicText(f func()) (text string) {
	defer func() {
		if reason := recover(); reason != nil {
			text = fmt.Sprint(reason)
		}
	}()
	f()
	return ""
}

func TestGetterPanicsWithTheName(t *testing.T) {
	set := testTable().Defaults()
	for want, f := range map[string]func(){
		`param: "heigth" is not declared`:                             func() { set.Int("heigth") },
		`param: "width" is declared as integer, not double`:           func() { set.Double("width") },
		`param: "x" is not declared`:                                  func() { Set{}.Value("x") },
		"param: value 3 is of type integer, not string":               func() { Int(3).Text() },
		`param: "group.args" is declared as string_array, not string`: func() { set.String("group.args") },
	} {
		if got := panicText(f); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestContradictoryDeclarationPanics(t *testing.T) {
	good := Declaration{Name: "x", Default: Int(1), Description: "X."}
	for want, change := range map[string]func(*Declaration){
		"the name is not made of":               func(d *Declaration) { d.Name = "a b" },
		"type byte_array cannot be declared":    func(d *Declaration) { d.Default = Bytes(1) },
		"type not set cannot be declared":       func(d *Declaration) { d.Default = Value{} },
		"the description is missing":            func(d *Declaration) { d.Description = " " },
		"a Check needs a Constraint":            func(d *Declaration) { d.Constraint = "even" },
		"only a string can accept integers":     func(d *Declaration) { d.AcceptInteger = true },
		"aliases are for strings":               func(d *Declaration) { d.Aliases = map[string]string{"a": "b"} },
		"the range is for type double":          func(d *Declaration) { d.Range = DoubleRange{0, 1, 0} },
		"range 2 to 1, step 0, is empty":        func(d *Declaration) { d.Range = IntegerRange{2, 1, 0} },
		`choice "a" is of type string`:          func(d *Declaration) { d.Choices = OneOf("a") },
		"default: got 1, want 5 to 6":           func(d *Declaration) { d.Range = IntegerRange{5, 6, 0} },
		"default: got 1, want one of 5":         func(d *Declaration) { d.Choices = OneOf[int64](5) },
		"default: got .nan, want a finite":      func(d *Declaration) { d.Default = Double(math.NaN()) },
		`range 1 to .*|range NaN to 1, step 0,`: func(d *Declaration) { d.Default = Double(1); d.Range = DoubleRange{math.NaN(), 1, 0} },
		`alias "a" = "c"`: func(d *Declaration) {
			d.Default, d.Choices, d.Aliases = String("a"), OneOf("a", "c"), map[string]string{"a": "c"}
		},
		`alias "b" = "d"`: func(d *Declaration) {
			d.Default, d.Choices, d.Aliases = String("a"), OneOf("a", "c"), map[string]string{"b": "d"}
		},
		`default "b" is an alias: write "a"`: func(d *Declaration) {
			d.Default, d.Choices, d.Aliases = String("b"), OneOf("a"), map[string]string{"b": "a"}
		},
	} {
		d := good
		change(&d)
		want = want[strings.Index(want, "|")+1:]
		if got := panicText(func() { NewTable([]Declaration{d}) }); !strings.Contains(got, want) {
			t.Errorf("got panic %q, want …%s…", got, want)
		}
	}
	if got := panicText(func() { NewTable([]Declaration{good, good}) }); !strings.Contains(got, `"x": declared twice`) {
		t.Errorf("got panic %q, want …declared twice", got)
	}
	check := WithCheck(func(Set) error { return errors.New("never") })
	if got := panicText(func() { NewTable([]Declaration{good}, check) }); !strings.Contains(got, "contradict each other: never") {
		t.Errorf("got panic %q, want …never", got)
	}
}

func TestValidateTakes(t *testing.T) {
	table := testTable()
	for _, test := range []struct {
		name        string
		given, want Value
	}{
		{"flag", Bool(false), Bool(false)},
		{"width", Int(2), Int(2)},
		{"width", Int(4096), Int(4096)},
		{"rate", Double(0.5), Double(0.5)},
		{"rate", Double(240 * (1 + 1e-15)), Double(240 * (1 + 1e-15))}, // as rclcpp: equal but for rounding
		{"format", String("yuyv"), String("yuv422_yuy2")},
		{"format", String("rgb8"), String("rgb8")},
		{"device", Int(2), String("2")},
		{"device", String("cam"), String("cam")},
		{"sizes", Ints(math.MaxInt64), Ints(math.MaxInt64)},
		{"sizes", Value{}, Ints()},
		{"flags", Value{}, Bools()},
		{"gains", Value{}, Doubles()},
		{"gains", Doubles(-1e300, 1), Doubles(-1e300, 1)},
		{"group.args", Value{}, Strings()},
		{"group.args", Bools(), Strings()}, // as ros2 param load sends it
		{"gains", Strings(), Doubles()},
		{"flags", Bytes(), Bools()},
		{"group.args", Strings("-f", "v4l2"), Strings("-f", "v4l2")},
		{"window", Int(4096), Int(4096)},
		{"fixed", Int(9), Int(9)},
	} {
		got, err := table.Validate(test.name, test.given)
		if err != nil || !got.Equal(test.want) {
			t.Errorf("%s: got %s, %v, want %s", test.name, got, err, test.want)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	table := testTable()
	for _, test := range []struct {
		name  string
		given Value
		want  string
	}{
		{"widht", Int(2), `parameter "widht": not declared; did you mean width?`},
		{"zzzzzzzz", Int(2), `parameter "zzzzzzzz": not declared`},
		{"flag", Int(1), `parameter "flag": got integer 1, want bool: write true`},
		{"flag", String("False"), `parameter "flag": got string "False", want bool: write false`},
		{"flag", String("maybe"), `parameter "flag": got string "maybe", want bool`},
		{"width", Int(0), `parameter "width": got 0, want 2 to 4096 in steps of 2`},
		{"width", Int(3), `parameter "width": got 3, want 2 to 4096 in steps of 2`},
		{"width", Int(math.MinInt64), `parameter "width": got -9223372036854775808, want 2 to 4096 in steps of 2`},
		{"width", Double(640), `parameter "width": got double 640.0, want integer: write 640`},
		{"width", Double(640.5), `parameter "width": got double 640.5, want integer`},
		{"width", String("640"), `parameter "width": got string "640", want integer: write 640`},
		{"width", Value{}, `parameter "width": got an empty list, want integer`},
		{"width", Bools(), `parameter "width": got bool_array [], want integer`},
		{"width", Ints(640), `parameter "width": got integer_array [640], want integer: write 640`},
		{"width", Bytes(2), `parameter "width": got byte_array [2], want integer`},
		{"rate", Int(30), `parameter "rate": got integer 30, want double: write 30.0`},
		{"rate", String("30"), `parameter "rate": got string "30", want double: write 30.0`},
		{"rate", Double(0), `parameter "rate": got 0.0, want 0.5 to 240.0`},
		{"rate", Double(math.NaN()), `parameter "rate": got .nan, want a finite number`},
		{"rate", Double(math.Inf(1)), `parameter "rate": got .inf, want a finite number`},
		{"format", String("rbg8"), `parameter "format": got "rbg8", want one of "bgr8", "rgb8", "yuv422_yuy2"; did you mean rgb8?`},
		{"format", String("yuy"), `parameter "format": got "yuy", want one of "bgr8", "rgb8", "yuv422_yuy2"; did you mean yuyv?`},
		{"format", Int(8), `parameter "format": got integer 8, want string: write "8"`},
		{"format", Bool(true), `parameter "format": got bool true, want string: write "true"`},
		{"device", Bool(true), `parameter "device": got bool true, want string or integer: write "true"`},
		{"device", String("a\x00b"), `parameter "device": got "a\x00b", want text without NUL`},
		{"flags", Bool(true), `parameter "flags": got bool true, want bool_array: write [true]`},
		{"sizes", Ints(1, -1), `parameter "sizes": got [1, -1], want at least 0`},
		{"sizes", Doubles(1, 2), `parameter "sizes": got double_array [1.0, 2.0], want integer_array: write [1, 2]`},
		{"gains", Ints(1, 2), `parameter "gains": got integer_array [1, 2], want double_array: write [1.0, 2.0]`},
		{"gains", Int(1), `parameter "gains": got integer 1, want double_array: write [1.0]`},
		{"gains", Doubles(0, 2), `parameter "gains": got [0.0, 2.0], want at most 1.0`},
		{"gains", Doubles(0, math.Inf(-1)), `parameter "gains": got [0.0, -.inf], want a finite number`},
		{"group.args", String("-f"), `parameter "group.args": got string "-f", want string_array: write ["-f"]`},
		{"window", Int(1000), `parameter "window": got 1000, want a power of two`},
	} {
		_, err := table.Validate(test.name, test.given)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s = %s:\n got %v\nwant %s", test.name, test.given, err, test.want)
		}
	}
}

func TestStepsOfRanges(t *testing.T) {
	whole := IntegerRange{From: math.MinInt64, To: math.MaxInt64, Step: 3}
	for _, test := range []struct {
		limits Range
		value  Value
		want   bool
	}{
		{IntegerRange{-10, 10, 4}, Int(-6), true},
		{IntegerRange{-10, 10, 4}, Int(-5), false},
		{IntegerRange{-10, 9, 4}, Int(9), true}, // the end is allowed off the steps, as in rclcpp
		{whole, Int(math.MinInt64 + 3), true},
		{whole, Int(math.MaxInt64), true},
		{whole, Int(0), false}, // 2^63 mod 3 = 2
		{whole, Int(1), true},
		{DoubleRange{0, 1, 0.1}, Double(0.3), true},
		{DoubleRange{0, 1, 0.1}, Double(0.1 + 0.2), true},
		{DoubleRange{0, 1, 0.1}, Double(0.35), false},
		{DoubleRange{0, math.Inf(1), 0.1}, Double(-1), false},
		{DoubleRange{0, math.Inf(1), 0}, Double(1e308), true},
		{DoubleRange{-math.MaxFloat64, math.MaxFloat64, 0}, Double(-math.MaxFloat64), true},
		{DoubleRange{0, math.MaxFloat64, 0}, Double(-math.MaxFloat64), false},
	} {
		if got := test.limits.contains(test.value); got != test.want {
			t.Errorf("%s contains %s: got %v, want %v", test.limits, test.value, got, test.want)
		}
	}
}

func TestWithChangesAllOrNothing(t *testing.T) {
	before := testTable().Defaults()
	after, err := before.With(map[string]Value{"width": Int(1280), "format": String("yuyv")})
	if err != nil || after.Int("width") != 1280 || after.String("format") != "yuv422_yuy2" || before.Int("width") != 640 {
		t.Errorf("got %v, width %d before, %d after", err, before.Int("width"), after.Int("width"))
	}
	for _, test := range []struct {
		changes map[string]Value
		want    string
	}{
		{map[string]Value{"width": Int(1280), "rate": Int(1), "x": Int(1)},
			"parameter \"rate\": got integer 1, want double: write 1.0\nparameter \"x\": not declared"},
		{map[string]Value{"width": Int(1280), "fixed": Int(8)}, `parameter "fixed": read-only: it can be given at start only`},
		{map[string]Value{"width": Int(1280), "fixed": Int(7)}, `parameter "fixed": read-only: it can be given at start only`},
		{map[string]Value{"width": Int(320)}, "window 1024 is more than twice width 320"},
	} {
		got, err := before.With(test.changes)
		if err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
		if got.Int("width") != 640 {
			t.Errorf("width became %d although the change was refused", got.Int("width"))
		}
	}
}

func TestSetWithoutTableTakesNothing(t *testing.T) {
	if _, err := (Set{}).With(map[string]Value{"x": Int(1)}); err == nil {
		t.Error("got no error")
	}
}

func TestOverlayTakesWhatIsAllowed(t *testing.T) {
	asked := testTable().Defaults()
	got := asked.Overlay(map[string]Value{"width": Int(320), "rate": Double(1e6), "fixed": Int(8), "x": Int(1)})
	if got.Int("width") != 320 || got.Double("rate") != 30 || got.Int("fixed") != 8 || asked.Int("width") != 640 {
		t.Errorf("got width %d, rate %v, fixed %d, and %d in the set of before",
			got.Int("width"), got.Double("rate"), got.Int("fixed"), asked.Int("width"))
	}
}

func TestExtendKeepsChecksAndIgnoredNames(t *testing.T) {
	table := testTable().Extend(Declaration{Name: "qos./topic.depth", Default: Int(5), Description: "Depth."})
	set := table.Defaults()
	if got := table.Declarations()[0].Name; got != "qos./topic.depth" || set.Int(got) != 5 || set.Int("width") != 640 {
		t.Errorf("the first parameter is %q of value %v, width %d", got, set.Value(got), set.Int("width"))
	}
	if _, err := set.With(map[string]Value{"width": Int(320)}); err == nil {
		t.Error("the check is gone")
	}
	if !table.knows("use_sim_time") {
		t.Error("the ignored names are gone")
	}
}

func TestConstraintsAreWhatTypeAndRangeDoNotSay(t *testing.T) {
	table := testTable()
	for name, want := range map[string]string{
		"width":  "",
		"device": "an integer stands for its digits",
		"format": `one of "bgr8", "rgb8", "yuv422_yuy2"; other words: "yuyv" = "yuv422_yuy2", "yuyv2rgb" = "rgb8"`,
		"window": "a power of two",
	} {
		if got := table.Lookup(name).Constraints(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestAnotherDefaultIsOfOneTableOnly(t *testing.T) {
	table := testTable()
	changed := table.WithDefault("width", Int(320))
	if was, is := table.Defaults().Int("width"), changed.Defaults().Int("width"); was != 640 || is != 320 {
		t.Errorf("defaults %d and %d, want 640 and 320", was, is)
	}
	for name, value := range map[string]Value{"widht": Int(320), "width": Int(-1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			table.WithDefault(name, value)
		}()
	}
}
