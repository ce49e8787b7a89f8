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
		{nil, []string{"camera", "microphone"}},
		{[]string{"--nodes", "camera"}, []string{"camera"}},
		{[]string{"--nodes=microphone"}, []string{"microphone"}},
		{[]string{"--nodes", "microphone, camera", "--demo"}, []string{"microphone", "camera"}},
	} {
		got, err := parseArguments(test.args)
		if err != nil || !slices.Equal(got.nodes, test.want) {
			t.Errorf("parseArguments(%q) = %v, %v, want %v", test.args, got.nodes, err, test.want)
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
		{[]string{"--nodes", "camera,camera"}, "camera is named twice"},
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
