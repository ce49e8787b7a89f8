package main

import (
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/program"
)

// parse returns the nodes that the program would run with these arguments.
func parse(t *testing.T, args []string) (specs []nodeSpec, err error) {
	t.Helper()
	a := newArguments()
	p := a.program()
	p.Run = func(*program.Start) error {
		specs, err = a.nodeSpecs()
		return err
	}
	err = p.Execute(process{t.Context()}, args)
	return specs, err
}

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
		specs, err := parse(t, test.args)
		var got []string
		for _, n := range specs {
			got = append(got, n.name+" is a "+n.typ.name)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("parse(%q) = %v, %v, want %v", test.args, got, err, test.want)
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
		_, err := parse(t, test.args)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("parse(%q): error %v, want one with %q", test.args, err, test.want)
		}
	}
}

func TestHelpNamesTheProgramAndItsVersion(t *testing.T) {
	if help := newArguments().program().Help; !strings.HasPrefix(help, "av_capture "+version) || !strings.Contains(help, "Usage: av_capture") {
		t.Errorf("got %q", help)
	}
}
