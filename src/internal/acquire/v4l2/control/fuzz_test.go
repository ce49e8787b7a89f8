package control

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzNameControls names controls after the labels that a driver gives them: each
// gets a name of its own that a parameter may have.
func FuzzNameControls(f *testing.F) {
	f.Add("Power Line Frequency\nWhite Balance, Automatic\nBrightness\nBrightness")
	f.Add("\n\n0\n\xff\xfe\n\x00\nÄ\n2 2\nb_2\nb\nb")
	f.Add("control\ncontrol_\ncontrol_2\n\ncontrol 2")
	valid := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	f.Fuzz(func(t *testing.T, labels string) {
		var all []Raw
		for label := range strings.SplitSeq(labels, "\n") {
			all = append(all, Raw{ID: ID(len(all)), Label: label})
		}
		taken := map[string]bool{}
		for i, name := range nameControls(all[:min(len(all), 100)]) {
			if !valid.MatchString(name) || taken[name] {
				t.Fatalf("%q is called %q", all[i].Label, name)
			}
			taken[name] = true
		}
	})
}
