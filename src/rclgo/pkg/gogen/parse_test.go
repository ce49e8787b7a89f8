package gogen

import (
	"reflect"
	"strings"
	"testing"
)

// literals returns the Go literals of values.
func literals(values []value) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.literal)
	}
	return out
}

func TestParseFieldReadsTypes(t *testing.T) {
	for _, c := range []struct {
		source string
		want   fieldType
	}{
		{"bool x", fieldType{Primitive: primitives["bool"]}},
		{"wstring x", fieldType{Primitive: primitives["wstring"]}},
		{"string<=10 x", fieldType{Primitive: primitives["string"], StringBound: 10}},
		{"wstring<=10[3] x", fieldType{Primitive: primitives["wstring"], StringBound: 10, Shape: array, Size: 3}},
		{"string<=10[<=5] x", fieldType{Primitive: primitives["string"], StringBound: 10, Shape: bounded, Size: 5}},
		{"float64[36] x", fieldType{Primitive: primitives["float64"], Shape: array, Size: 36}},
		{"uint8[<=5] x", fieldType{Primitive: primitives["uint8"], Shape: bounded, Size: 5}},
		{"uint8[] x", fieldType{Primitive: primitives["uint8"], Shape: sequence}},
		{"Other x", fieldType{Package: "own", Message: "Other"}},
		{"std_msgs/Header x", fieldType{Package: "std_msgs", Message: "Header"}},
		{"std_msgs/msg/Header[] x", fieldType{Package: "std_msgs", Message: "Header", Shape: sequence}},
		{"byte\tx", fieldType{Primitive: primitives["byte"]}},
	} {
		d, err := parseMessage("own", "M", "M.msg", c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got := d.Fields[0]; got.Name != "x" || got.Type != c.want {
			t.Errorf("%s: got %s %+v, want x %+v", c.source, got.Name, got.Type, c.want)
		}
	}
}

func TestParseFieldReadsDefaults(t *testing.T) {
	for _, c := range []struct {
		source string
		want   []string
	}{
		{`int32 x -0x10`, []string{"-16"}},
		{`bool x True`, []string{"true"}},
		{`float32 x 1`, []string{"1"}},
		{`string x bare words # comment`, []string{`"bare words"`}},
		{`string x " quoted "`, []string{`" quoted "`}},
		{`string x 'it\'s'`, []string{`"it's"`}},
		{`string x ""`, []string{`""`}},
		{`string x "\\\\"`, []string{`"\\"`}},
		{`string x "\x41"`, []string{`"A"`}},
		{`string x "grüße"`, []string{`"grüße"`}},
		{`int8[3] x [1, -2,3]`, []string{"1", "-2", "3"}},
		{`int8[] x []`, nil},
		{`bool[<=2] x [true]`, []string{"true"}},
		{`string[] x ["a, b", 'c"d', e f]`, []string{`"a, b"`, `"c\"d"`, `"e f"`}},
		{`string<=1[] x ["a", ""]`, []string{`"a"`, `""`}},
	} {
		d, err := parseMessage("own", "M", "M.msg", c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got := literals(d.Fields[0].Default); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.source, got, c.want)
		}
	}
}

func TestParseConstants(t *testing.T) {
	for _, c := range []struct {
		source, name, want string
	}{
		{"int32 X=010", "X", "10"},
		{"uint8 X_1 = 0xff", "X_1", "255"},
		{"uint64 X=18446744073709551615", "X", "18446744073709551615"},
		{"int64 X=-9223372036854775808", "X", "-9223372036854775808"},
		{"uint32 X=1_000", "X", "1000"},
		{"float64 X=-.5e3", "X", "-500"},
		{"char X=65", "X", "65"},
		{"string X=a = b", "X", `"a = b"`},
		{`string X="a" # b`, "X", `"a"`},
		{`string X='a"b'`, "X", `"a\"b"`},
	} {
		d, err := parseMessage("own", "M", "M.msg", c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got := d.Constants[0]; got.Name != c.name || got.Value.literal != c.want {
			t.Errorf("%s: got %s=%s, want %s=%s", c.source, got.Name, got.Value.literal, c.name, c.want)
		}
	}
}

func TestParseErrorsNameFileAndLine(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"\n\nint32", "M.msg:3: int32: want a type and a name"},
		{"# comment\nint128 x", "M.msg:2: type int128 is neither built in"},
		{"time x", "type time is neither built in"},
		{"int8 1x", `field "1x": want a name`},
		{"int8 x\nint8 y\nint8 x", "M.msg:3: field x is defined in line 1 already"},
		{"int8 X=1\nint8 X=2", "M.msg:2: constant X is defined in line 1 already"},
		{"int8 x=1", `constant "x": want a name of capital letters`},
		{"int8 X=", "constant X has no value"},
		{"std_msgs/Header X=1", "constant X has type std_msgs/Header: want a built-in type"},
		{"string<=3 X=a", "constant X has type string<=3: want a built-in type without bounds"},
		{"int8 x 128", "field x: 128 does not fit int8: want -128 to 127"},
		{"uint8 x -1", "-1 does not fit uint8: want 0 to 255"},
		{"int8 x 1.5", `"1.5" is not a number of type int8`},
		{"int8 x 1__0", `"1__0" is not a number`},
		{"float32 x nan", `"nan" is not a decimal number of type float32`},
		{"float32 x inf", `"inf" is not a decimal number of type float32`},
		{"float32 x 1e39", "1e39 does not fit float32"},
		{"float64 x 1e309", "1e309 does not fit float64"},
		{"bool x yes", `"yes" is not a bool`},
		{"string<=3 x abcd", `string "abcd" has length 4, more than its type's 3`},
		{"string<=3 x éé", `has length 4, more than its type's 3`},
		{`string x "a"b"`, `has a quote inside`},
		{`string x "`, `lacks its closing quote`},
		{`string x "\u20ac"`, `escape sequence of U+20AC`},
		{"int8[2] x [1]", "default [1] has 1 items, type int8[2] has 2"},
		{"int8[<=1] x [1, 2]", "default [1, 2] has 2 items, type int8[<=1] has room for 1"},
		{"int8[] x 1", "default 1 of type int8[]: want a list in brackets"},
		{"int8[] x [1, 300]", "default, item 1: 300 does not fit int8"},
		{`string[] x ["a]`, `lacks its closing "`},
		{"std_msgs/Header x 1", "a field of type std_msgs/Header cannot have a default"},
		{"int8[0] x", `type int8[0]: "0" is not a size`},
		{"int8[-1] x", `"-1" is not a size`},
		{"int8[x] x", `"x" is not a size`},
		{"int8[3 x", "type int8[3 lacks its closing bracket"},
		{"string<=0 x", `type string<=0: "0" is not a size`},
		{"int8<=3 x", "only string and wstring take a maximum length"},
		{"a/b/c/D x", "want a message as package/Name"},
	} {
		_, err := parseMessage("own", "M", "M.msg", c.source)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "M.msg:") {
			t.Errorf("%q: got %v, want %s", c.source, err, c.want)
		}
	}
}

func TestParseServiceSplitsAtDashes(t *testing.T) {
	s, err := parseService("own", "S", "S.srv", "# request\nint8 a\n---\n# response\r\nint8 b 2\nint8 c\n")
	if err != nil {
		t.Fatal(err)
	}
	if s.Request.Name != "S_Request" || len(s.Request.Fields) != 1 || s.Response.Name != "S_Response" || len(s.Response.Fields) != 2 {
		t.Errorf("got %+v and %+v", s.Request, s.Response)
	}
	if got := s.Response.Fields[1].Line; got != 6 {
		t.Errorf("field c is in line %d, want 6", got)
	}
	for source, want := range map[string]string{
		"int8 a\n":              "S.srv:2: no line of ---",
		"---\n---\n":            "S.srv:2: second line of ---, the first is line 1",
		"int8 a\n---\n\nint9 b": "S.srv:4: type int9 is neither",
	} {
		if _, err := parseService("own", "S", "S.srv", source); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", source, err, want)
		}
	}
}

func TestCommentsBelongToWhatFollowsOrPrecedes(t *testing.T) {
	d, err := parseMessage("own", "M", "M.msg", strings.Join([]string{
		"#  Of the message.",
		"#   Indented.",
		"",
		"# Of a, in two",
		"#",
		"# parts.",
		"int8 a  # and on its line",
		"        # and below",
		"int8 b",
		"# Of X.",
		"int8 X=1",
		"##########",
		"# boxed   #",
		"##########",
		"int8 c",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		got  []string
		want string
	}{
		{d.Comment, "// Of the message.\n//  Indented.\n"},
		{d.Fields[0].Comment, "// Of a, in two\n//\n// parts.\n// and on its line\n// and below\n"},
		{d.Fields[1].Comment, ""},
		{d.Constants[0].Comment, "// Of X.\n"},
		{d.Fields[2].Comment, "// boxed\n"},
	} {
		if got := docComment(c.got); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestLineEndsOfAllSystems(t *testing.T) {
	for _, source := range []string{"# A.\nint8 b\nint8 c\n", "# A.\r\nint8 b\r\nint8 c\r\n", "# A.\rint8 b\rint8 c"} {
		d, err := parseMessage("own", "M", "M.msg", source)
		if err != nil || len(d.Fields) != 2 || d.Fields[1].Line != 3 || docComment(d.Comment) != "// A.\n" {
			t.Errorf("%q: got %+v, %v", source, d, err)
		}
	}
}

// FuzzMessageRendersAsGo checks that a message that parses can be generated:
// render formats the code, which fails if it is not Go.
func FuzzMessageRendersAsGo(f *testing.F) {
	for _, source := range []string{
		"# Doc.\nint8 a 1 # one\nstring<=3[<=2] b ['x', \"y\"]\nwstring W=\"\\x41\"\n", "float32[2] x [-0.0, 1e3]", "M m\nbool[] type\n",
		"#\x00\ufeff\xff\nstring X='\\\\n'", "char A_=0b1\nbyte a__b 0xf",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		d, err := parseMessage("own", "M", "M.msg", source)
		if err != nil {
			return
		}
		nested := &definition{Package: "own", Dir: "msg", Name: "N"}
		g := &generator{
			options: Options{MessageModulePrefix: "example.com/msgs", RclgoImportPath: "example.com/rclgo"},
			parsed:  map[string]*rosPackage{"own": {Name: "own", Messages: []*definition{d, nested}}},
			byName:  map[string]*definition{"own/M": d, "own/N": nested},
		}
		if g.resolve() != nil {
			return // a nested message that is not there
		}
		if _, err := g.renderMessage(d); err != nil {
			t.Errorf("%q: %v", source, err)
		}
	})
}

func TestDocCommentIsNoDirective(t *testing.T) {
	for _, line := range []string{"go:embed x", "export f", "+build linux", "line x:1"} {
		if got := docComment([]string{line}); got != "// "+line+"\n" {
			t.Errorf("got %q", got)
		}
	}
}

// FuzzService reads services: the result is two messages, or an error that names a
// line.
func FuzzService(f *testing.F) {
	for _, source := range []string{"int8 a\n---\nstring b\n", "---", "---\n---\n", "# a\n--- \t\n# b\nM m 'x'\n", "\xff---\r---\r\n", "int8[<=99999999999] a\n---"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		s, err := parseService("own", "S", "S.srv", source)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "S.srv:") {
				t.Errorf("%q: %v", source, err)
			}
			return
		}
		if s.Request == nil || s.Response == nil || s.Request.Name != "S_Request" || s.Response.Name != "S_Response" {
			t.Errorf("%q: %+v", source, s)
		}
	})
}
