package node

import (
	"strings"
	"testing"

	"av_capture/src/internal/param"
)

// table returns parameters with these names.
func table(names ...string) *param.Table {
	var declarations []param.Declaration
	for _, name := range names {
		declarations = append(declarations, param.Declaration{Name: name, Default: param.Int(0), Description: "test"})
	}
	return param.NewTable(declarations)
}

// forAll returns -p arguments without a node's name.
func forAll(names ...string) *param.Overrides {
	section := param.Section{Node: "/**"}
	for _, name := range names {
		section.Parameters = append(section.Parameters, param.Override{
			Name: name, Value: param.Int(1), Origin: param.Origin{Argument: name + ":=1"}})
	}
	return &param.Overrides{Sections: []param.Section{section}}
}

func TestNamesOfPeersDiffer(t *testing.T) {
	peers := NewPeers()
	for _, test := range []struct {
		name string
		want bool
	}{{"/left", true}, {"/right", true}, {"/left", false}, {"/head/left", true}} {
		if got := peers.join(test.name); got != test.want {
			t.Errorf("join(%s) = %t, want %t", test.name, got, test.want)
		}
	}
}

func TestArgumentIsUndeclaredOnlyWhenNoPeerKnowsIt(t *testing.T) {
	peers := NewPeers(table("framerate"), table("sample_rate"))
	for _, name := range []string{"/left", "/right", "/microphone"} {
		peers.join(name)
	}
	peers.expect("/left")
	peers.expect("/right")
	given := forAll("zoom_absolute", "focus", "sample_rate", "nonsense")
	if got := peers.know("/left", table("framerate", "zoom_absolute"), given); got != nil {
		t.Errorf("with one camera absent: got %v, want nothing, as it may have them", got)
	}
	got := peers.know("/right", table("framerate", "focus"), given)
	if len(got) != 1 || !strings.Contains(got[0].Text, "-p nonsense:=1 has no effect: no node has such a parameter") {
		t.Errorf("got %v, want a warning of nonsense alone", got)
	}
}

func TestCalibrationThatTwoCamerasShareIsNoticed(t *testing.T) {
	peers := NewPeers()
	for _, test := range []struct{ name, file, want string }{
		{"/left", "/default_cam.yaml", ""},
		{"/right", "/right.yaml", ""},
		{"/top", "/default_cam.yaml", "/left"},
	} {
		if got := peers.ClaimCalibration(test.name, test.file); got != test.want {
			t.Errorf("%s with %s: got %q, want %q", test.name, test.file, got, test.want)
		}
	}
}
