package main

import (
	"slices"
	"strings"
	"testing"
)

func TestArgumentsChooseTheNodes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"camera is a camera", "microphone is a microphone"}},
		{[]string{"--nodes", "camera"}, []string{"camera is a camera"}},
		{[]string{"--nodes=microphone"}, []string{"microphone is a microphone"}},
		{[]string{"--nodes", "microphone, camera", "--demo"}, []string{"microphone is a microphone", "camera is a camera"}},
		{[]string{"--nodes", "left=camera,right = camera, microphone"}, []string{"left is a camera", "right is a camera", "microphone is a microphone"}},
		{[]string{"--nodes=_2=microphone,camera"}, []string{"_2 is a microphone", "camera is a camera"}},
	} {
		parsed, err := parseArguments(test.args)
		var got []string
		for _, n := range parsed.nodes {
			got = append(got, n.name+" is a "+n.kind.name)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("parseArguments(%q) = %v, %v, want %v", test.args, got, err, test.want)
		}
	}
}

func TestArgumentsThatCannotBeMeantAreRefused(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string // part of the error
	}{
		{[]string{"--nodes", "cam"}, `unknown node "cam"`},
		{[]string{"--nodes", ""}, `unknown node ""`},
		{[]string{"--nodes", "camera,camera"}, "camera is named twice: give each a name of its own, as in left=camera,right=camera"},
		{[]string{"--nodes", "eye=camera,eye=microphone"}, "eye is named twice"},
		{[]string{"--nodes", "left=cam"}, `left=cam is to be a "cam", which is unknown: want camera or microphone`},
		{[]string{"--nodes", "left="}, `is to be a "", which is unknown`},
		{[]string{"--nodes", "=camera"}, `"" is no name for a node`},
		{[]string{"--nodes", "left-eye=camera"}, `"left-eye" is no name for a node`},
		{[]string{"--nodes", "/head/left=camera"}, `"/head/left" is no name for a node: want letters, digits and _, not beginning with a digit; a namespace`},
		{[]string{"--nodes", "2nd=camera"}, `"2nd" is no name`},
		{[]string{"--no-such"}, "no-such"},
		{[]string{"camera"}, `unknown argument "camera"`},
	} {
		_, err := parseArguments(test.args)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("parseArguments(%q): error %v, want one with %q", test.args, err, test.want)
		}
	}
}

func TestHelpAndVersionAreAnswered(t *testing.T) {
	for args, want := range map[string]string{
		"--help":    "Usage: av_capture",
		"-h":        "Usage: av_capture",
		"--version": "av_capture " + version,
	} {
		parsed, err := parseArguments([]string{args})
		var out strings.Builder
		if err != nil || !parsed.print(&out) || !strings.Contains(out.String(), want) {
			t.Errorf("%s: printed %q, %v, want %q", args, out.String(), err, want)
		}
	}
}
