package rclgo_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

func TestParseArgsSeparatesROSArguments(t *testing.T) {
	for _, tt := range []struct {
		args, ros, rest string
	}{
		{"", "", ""},
		{"a b", "", "a b"},
		{"--nodes camera --ros-args -r a:=b -- file", "--ros-args -r a:=b --", "--nodes camera file"},
		{"--ros-args -p x:=1 -- one --ros-args --log-level debug", "--ros-args -p x:=1 -- --ros-args --log-level debug", "one"},
		{"--ros-args", "--ros-args", ""},
		{"-p x", "", "-p x"}, // not between --ros-args and --
	} {
		ros, rest, err := rclgo.ParseArgs(strings.Fields(tt.args))
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		if ros.String() != tt.ros || !slices.Equal(rest, strings.Fields(tt.rest)) {
			t.Errorf("%q: got %q and %q, want %q and %q", tt.args, ros, rest, tt.ros, tt.rest)
		}
	}
}

func TestParseArgsRefusesWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string // in the error
	}{
		{[]string{"--ros-args", "--nonsense"}, "--nonsense"},
		{[]string{"--ros-args", "-r"}, "-r"},
		{[]string{"--ros-args", "-p", "no rule"}, "no rule"},
		{[]string{"--ros-args", "--params-file", "/does/not/exist.yaml"}, "/does/not/exist.yaml"},
		{[]string{"--ros-args", "--log-level", "loud"}, "loud"},
	} {
		_, _, err := rclgo.ParseArgs(tt.args)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want an error with %q", tt.args, err, tt.want)
		}
	}
}

func TestParseArgsReadsParameterFiles(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.yaml"), filepath.Join(dir, "bad.yaml")
	for file, text := range map[string]string{good: "/**:\n  ros__parameters:\n    a: 1\n", bad: "/**:\n  ros__parameters:\n    a: [1, x]\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args, _, err := rclgo.ParseArgs([]string{"--ros-args", "--params-file", good})
	if err != nil {
		t.Fatal(err)
	}
	c, err := rclgo.NewContextWithOpts(args, &rclgo.ContextOptions{DomainID: domain})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := rclgo.ParseArgs([]string{"--ros-args", "--params-file", bad}); err == nil {
		t.Error("a broken file: no error")
	}
}

func TestNodesObeyTheArgumentsOfTheirContext(t *testing.T) {
	for _, tt := range []struct {
		args string
		want string // full names of nodes camera and microphone, topics and loggers
	}{
		{"", "/camera /camera/image /scan camera; /microphone /microphone/image /scan microphone"},
		{"__ns:=/robot", "/robot/camera /robot/camera/image /robot/scan robot.camera; /robot/microphone /robot/microphone/image /robot/scan robot.microphone"},
		{"camera:__node:=front", "/front /front/image /scan front; /microphone /microphone/image /scan microphone"},
		{"__node:=x", "/x /x/image /scan x; /x /x/image /scan x"},
		{"scan:=/lidar", "/camera /camera/image /lidar camera; /microphone /microphone/image /lidar microphone"},
		{"microphone:scan:=/lidar", "/camera /camera/image /scan camera; /microphone /microphone/image /lidar microphone"},
		{"~/image:=~/picture", "/camera /camera/picture /scan camera; /microphone /microphone/picture /scan microphone"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var args []string
			if tt.args != "" {
				args = []string{"--ros-args", "-r", tt.args}
			}
			c := newContext(t, domain, args...)
			var got []string
			for _, name := range []string{"camera", "microphone"} {
				n := newNode(t, c, name)
				p, err := n.NewPublisher("~/image", testmsg.StringTypeSupport, nil)
				if err != nil {
					t.Fatal(err)
				}
				s, err := n.NewSubscription("scan", testmsg.StringTypeSupport, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if resolved, err := n.ResolveTopicName("~/image"); err != nil || resolved != p.TopicName {
					t.Errorf("ResolveTopicName: got %q, %v, want %q", resolved, err, p.TopicName)
				}
				if full := strings.TrimSuffix(n.Namespace(), "/") + "/" + n.Name(); full != n.FullyQualifiedName() {
					t.Errorf("namespace %q and name %q, but full name %q", n.Namespace(), n.Name(), n.FullyQualifiedName())
				}
				got = append(got, strings.Join([]string{n.FullyQualifiedName(), p.TopicName, s.TopicName, n.Logger().Name()}, " "))
				if err := n.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if all := strings.Join(got, "; "); all != tt.want {
				t.Errorf("got %q, want %q", all, tt.want)
			}
		})
	}
}

func TestNodeArgumentsOfTheNamespaceArgument(t *testing.T) {
	c := newContext(t, domain)
	n, err := c.NewNode("camera", "robot/front")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := n.FullyQualifiedName(), "/robot/front/camera"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExpandTopicName(t *testing.T) {
	for _, tt := range []struct{ input, want string }{
		{"~/image_raw", "/robot/camera/image_raw"},
		{"image", "/robot/image"},
		{"/image", "/image"},
		{"{node}/x", "/robot/camera/x"},
		{"{ns}/x", "/robot/x"},
		{"{mine}/x", "/robot/yours/x"},
	} {
		got, err := rclgo.ExpandTopicName(tt.input, "camera", "/robot", map[string]string{"mine": "yours"})
		if err != nil || got != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.input, got, err, tt.want)
		}
	}
	_, err := rclgo.ExpandTopicName("{mine}/x", "camera", "/robot", nil)
	wantError[*rclgo.UnknownSubstitution](t, "without substitutions", err)
}
