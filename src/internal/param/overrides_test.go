package param

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestKeyMatchesNode(t *testing.T) {
	for _, test := range []struct {
		key, node string
		want      bool
	}{
		{"camera", "/camera", true},
		{"/camera", "/camera", true},
		{"camera", "/ns/camera", false},
		{"ns/camera", "/ns/camera", true},
		{"/**", "/camera", true},
		{"/**", "/a/b/camera", true},
		{"/*", "/camera", true},
		{"/*", "/ns/camera", false},
		{"/*/camera", "/ns/camera", true},
		{"/*/camera", "/camera", false},
		{"/**/camera", "/camera", true},
		{"/**/camera", "/a/b/camera", true},
		{"/**/camera", "/a/b/camera2", false},
		{"/ns/**", "/ns/camera", true},
		{"/ns/**", "/nsx/camera", false},
		{"/**/b/*", "/a/b/camera", true},
		{"/**/b/*", "/b/b/b/camera", true},
		{"/**/b/*", "/b/camera/x", false},
		{"cam", "/camera", false},
	} {
		if got := matchNode(test.key, test.node); got != test.want {
			t.Errorf("%s, %s: got %v, want %v", test.key, test.node, got, test.want)
		}
	}
}

// FuzzMatchNode compares with the regular expression by which rclcpp matches.
func FuzzMatchNode(f *testing.F) {
	for _, key := range []string{"/**", "/*", "/a/**/b", "**", "*", "a/*/b", "/**/**", "/a", "a", "/**/a/**/b"} {
		for _, node := range []string{"/a", "/a/b", "/a/b/b", "/b/a/a/b", "/_x"} {
			f.Add(key, node)
		}
	}
	validKey := regexp.MustCompile(`^/?([A-Za-z_]\w*|\*\*?)(/([A-Za-z_]\w*|\*\*?))*$`)
	validNode := regexp.MustCompile(`^(/[A-Za-z_]\w*)+$`)
	f.Fuzz(func(t *testing.T, key, node string) {
		if len(key) > 40 || len(node) > 40 || !validKey.MatchString(key) || !validNode.MatchString(node) {
			return // rcl refuses such names
		}
		expression := regexp.MustCompile("^(?:" + strings.ReplaceAll(absolute(key), "/*", `(/\w+)`) + ")$")
		if got, want := matchNode(key, node), expression.MatchString(node); got != want {
			t.Errorf("%s, %s: got %v, want %v", key, node, got, want)
		}
	})
}

func given(node string, position int, origin Origin, name string, value Value) Section {
	origin.Position = position
	return Section{Node: node, Parameters: []Override{{Name: name, Value: value, Origin: origin}}}
}

var (
	config  = Origin{File: "config.yaml"}
	command = func(argument string) Origin { return Origin{Argument: argument} }
)

func texts(warnings []Warning) []string { return each(warnings, Warning.String) }

func TestLaterSectionWins(t *testing.T) {
	overrides := &Overrides{Sections: []Section{
		given("/**", 1, config, "width", Int(2)),
		given("camera", 1, config, "width", Int(4)),
		given("microphone", 1, config, "width", Int(6)),
	}}
	for node, want := range map[string]int64{"/camera": 4, "/microphone": 6, "/other": 2, "/ns/camera": 2} {
		if got := overrides.For(node)["width"].Value; !got.Equal(Int(want)) {
			t.Errorf("%s: got %s, want %d", node, got, want)
		}
	}
	var none *Overrides
	if got := none.For("/camera"); len(got) != 0 {
		t.Errorf("no overrides: got %v", got)
	}
}

func TestResolveTakesOverridesAndDefaults(t *testing.T) {
	overrides := &Overrides{Sections: []Section{
		given("/**", 1, config, "width", Int(1280)),
		given("/**", 1, config, "format", String("yuyv")),
		given("camera", 2, command("camera:device:=1"), "device", Int(1)),
		given("microphone", 1, config, "rate", String("not for the camera")),
	}}
	set, warnings, err := testTable().Resolve("/camera", overrides)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("got %v, %v", err, warnings)
	}
	if set.Int("width") != 1280 || set.String("format") != "yuv422_yuy2" || set.String("device") != "1" || set.Double("rate") != 30 {
		t.Errorf("got %v", set.values)
	}
}

func TestResolveNamesAllThatIsRefused(t *testing.T) {
	overrides := &Overrides{Sections: []Section{
		given("/**", 1, config, "rate", Int(30)),
		given("camera", 3, command("camera:width:=0"), "width", Int(0)),
		given("camera", 0, Origin{}, "format", String("gif")),
	}}
	_, _, err := testTable().Resolve("/camera", overrides)
	want := strings.Join([]string{
		`parameter "width" of node /camera on the command line: got 0, want 2 to 4096 in steps of 2`,
		`parameter "rate" of node /camera in config.yaml: got integer 30, want double: write 30.0`,
		`parameter "format" of node /camera: got "gif", want one of "bgr8", "rgb8", "yuv422_yuy2"`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	var refused *Error
	if !errors.As(err, &refused) || refused.Parameter != "width" || refused.Node != "/camera" {
		t.Errorf("got %#v, want the error of width", refused)
	}
}

func TestResolveChecksParametersTogether(t *testing.T) {
	overrides := &Overrides{Sections: []Section{given("camera", 1, config, "width", Int(320))}}
	_, _, err := testTable().Resolve("/camera", overrides)
	if want := "parameters of node /camera: window 1024 is more than twice width 320"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestResolveWarnsOfUndeclaredNames(t *testing.T) {
	overrides := &Overrides{Sections: []Section{
		given("/**", 1, config, "anything", Int(1)),
		given("/*", 1, config, "anything", Int(1)),
		given("microphone", 1, config, "block_size", Int(1)),
		given("camera", 1, config, "widht", Int(320)),
		given("/camera", 1, config, "wholly_different", Int(1)),
		given("camera", 1, config, "use_sim_time", Bool(true)),
		given("camera", 1, config, "qos_overrides./image.publisher.depth", Int(1)),
		given("camera", 2, command("camera:hight:=1"), "hight", Int(1)),
	}}
	_, warnings, err := testTable().Resolve("/camera", overrides)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`parameter "widht" in config.yaml has no effect: node /camera has no such parameter; did you mean width?`,
		`parameter "wholly_different" in config.yaml has no effect: node /camera has no such parameter`,
		`parameter "hight" on the command line has no effect: node /camera has no such parameter`,
	}
	if diff := cmp.Diff(want, texts(warnings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := warnings[0].Node; got != "/camera" {
		t.Errorf("got node %s, want /camera", got)
	}
}

func TestResolveSaysWhyAnObsoleteParameterHasNoEffect(t *testing.T) {
	table := testTable().Extend()
	WithObsolete(map[string]func(Value) string{
		"method": func(v Value) string {
			if v.Equal(String("usual")) {
				return ""
			}
			return "there is one method"
		},
	})(table)
	table = table.Extend(Declaration{Name: "more", Default: Int(1), Description: "More."}).Expecting("later")
	for _, c := range []struct {
		sections []Section
		want     []string
	}{
		{[]Section{given("/**", 1, config, "method", String("other"))}, []string{`parameter "method" in config.yaml has no effect: there is one method`}},
		{[]Section{given("camera", 1, config, "method", String("other"))}, []string{`parameter "method" in config.yaml has no effect: there is one method`}},
		{[]Section{given("camera", 1, config, "method", String("usual"))}, nil},
		{[]Section{given("/**", 1, config, "method", String("other")), given("camera", 2, config, "method", String("usual"))}, nil},
		{[]Section{given("microphone", 1, config, "method", String("other"))}, nil},
	} {
		_, warnings, err := table.Resolve("/camera", &Overrides{Sections: c.sections})
		if diff := cmp.Diff(c.want, texts(warnings), cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v: (-want +got):\n%s%v", c.sections, diff, err)
		}
	}
}

func TestResolveWarnsOfHiddenValues(t *testing.T) {
	overrides := &Overrides{Sections: []Section{
		given("/**", 5, command("width:=320"), "width", Int(1280)),
		given("/**", 5, command("rate:=10.0"), "rate", Double(10)),
		given("/**", 5, command("fixed:=9"), "fixed", Int(9)),
		given("camera", 1, config, "width", Int(1920)),
		given("camera", 1, config, "fixed", Int(9)), // the same value
	}}
	_, warnings, err := testTable().Resolve("/camera", overrides)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`parameter "width" on the command line has no effect on node /camera: 1920 in config.yaml under camera comes first, ` +
		`because ROS goes by the order in which node names appear; write -p camera:width:=1280`}
	if diff := cmp.Diff(want, texts(warnings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnmatchedWarns(t *testing.T) {
	camera, microphone := testTable(), NewTable([]Declaration{{Name: "block_size", Default: Int(441), Description: "Block [audio frames]."}})
	root := []Node{{"/camera", camera}, {"/microphone", microphone}}
	inside := []Node{{"/ns/camera", camera}, {"/ns/microphone", microphone}}
	other := Origin{File: "other.yaml"}
	for name, test := range map[string]struct {
		nodes    []Node
		sections []Section
		want     []string
	}{
		"nothing given":       {root, nil, nil},
		"all used":            {root, []Section{given("camera", 1, config, "width", Int(2)), given("/**", 2, command("block_size:=1"), "block_size", Int(1))}, nil},
		"other nodes' too":    {root, []Section{given("camera", 1, config, "width", Int(2)), given("lidar", 1, config, "x", Int(1))}, nil},
		"another camera's":    {root, []Section{given("camera", 1, config, "width", Int(2)), given("camera2", 1, config, "width", Int(1))}, nil},
		"wildcard":            {root, []Section{given("/*", 1, config, "x", Int(2)), given("/ns/*", 1, config, "x", Int(1))}, nil},
		"misspelt node":       {root, []Section{given("camra", 1, config, "width", Int(2)), given("microphone", 1, config, "block_size", Int(1))}, []string{"section camra in config.yaml has no effect: no node has this name; did you mean /camera?"}},
		"namespace missing":   {inside, []Section{given("camera", 1, config, "width", Int(2))}, []string{"section camera in config.yaml has no effect: no node has this name; did you mean /ns/camera? A name is looked for in the root namespace only; /**/camera is found in all"}},
		"nothing in the file": {root, []Section{given("camera", 1, config, "width", Int(2)), given("lidar", 1, other, "x", Int(1)), given("radar", 1, other, "x", Int(1))}, []string{"other.yaml has nothing for /camera and /microphone, only for lidar, radar"}},
		"argument's node":     {root, []Section{given("camra", 1, command("camra:x:=1"), "x", Int(1)), given("lidar", 1, command("lidar:x:=1"), "x", Int(1))}, []string{"-p camra:x:=1 has no effect: no node is named /camra; did you mean /camera?", "-p lidar:x:=1 has no effect: no node is named /lidar"}},
		"argument's name":     {root, []Section{given("/**", 1, command("blok_size:=1"), "blok_size", Int(1)), given("/**", 2, command("use_sim_time:=true"), "use_sim_time", Bool(true))}, []string{"-p blok_size:=1 has no effect: no node has such a parameter; did you mean block_size?"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := texts((&Overrides{Sections: test.sections}).Unmatched(test.nodes...))
			if diff := cmp.Diff(test.want, append([]string(nil), got...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	var none *Overrides
	if got := none.Unmatched(root...); len(got) != 0 {
		t.Errorf("no overrides: got %v", got)
	}
}
