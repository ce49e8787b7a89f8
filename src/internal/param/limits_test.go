package param

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// nearestPlainly is nearest without any of what saves work.
func nearestPlainly(name string, candidates []string) string {
	best, bestDistance := "", -1
	for _, candidate := range candidates {
		distance := editDistance(name, candidate)
		part := len(name) >= 3 && strings.Contains(candidate, name) ||
			len(candidate) >= 3 && strings.Contains(name, candidate)
		if distance > max(1, max(len(name), len(candidate))/3) && !part {
			continue
		}
		if bestDistance < 0 || distance < bestDistance {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

func TestSavedWorkChangesNoProposal(t *testing.T) {
	names := []string{"image_width", "image_height", "framerate", "gain", "focus", "autofocus", "source", "a", "rate", "image_raw.compressed.jpeg_quality"}
	random := rand.New(rand.NewPCG(15, 2026))
	proposed := 0
	for range 20000 {
		name := []byte(names[random.IntN(len(names))])
		for range random.IntN(6) {
			switch at := random.IntN(len(name) + 1); random.IntN(3) {
			case 0:
				name = append(name[:at:at], append([]byte{"abcdefg_"[random.IntN(8)]}, name[at:]...)...)
			case 1:
				name = append(name[:at:at], name[min(at+1, len(name)):]...)
			default:
				name = append(name, names[random.IntN(len(names))]...)
			}
		}
		if len(name) > longestName {
			continue
		}
		got, ok := nearest(string(name), names)
		if want := nearestPlainly(string(name), names); got != want || ok != (want != "") {
			t.Fatalf("%q: got %q, want %q", name, got, want)
		}
		if ok {
			proposed++
		}
	}
	if proposed < 1000 {
		t.Errorf("%d proposals only", proposed)
	}
}

// The tables of an edit distance are what it allocates.
func TestALongNameIsComparedWithNone(t *testing.T) {
	names := []string{"image_width", "image_height", "framerate"}
	for _, name := range []string{strings.Repeat("x", 1<<20), strings.Repeat("image_width", 1<<16), "framerate" + strings.Repeat(" ", longestName)} {
		if allocations := testing.AllocsPerRun(1, func() {
			if got, ok := nearest(name, names); ok {
				t.Errorf("%d bytes are near to %s", len(name), got)
			}
		}); allocations > 0 {
			t.Errorf("%d bytes: %v allocations, want none", len(name), allocations)
		}
	}
}

func TestAnswersStayShortWhateverWasGiven(t *testing.T) {
	table := NewTable([]Declaration{
		{Name: "path", Default: String(""), Description: "A path."},
		{Name: "count", Default: Int(1), Description: "A number.", Range: IntegerRange{From: 0, To: 9}},
		{Name: "names", Default: Strings(), Description: "Names."},
		{Name: "mode", Default: String("a"), Description: "A mode.", Choices: OneOf("a", "b")},
	})
	large := strings.Repeat("Ää\n", 1<<19)
	changes := map[string]map[string]Value{
		"a long value":        {"path": String(large)},
		"a long list":         {"names": Strings(make([]string, MaxElements+1)...)},
		"a list of long ones": {"names": Strings(large, large)},
		"another kind":        {"count": String(large)},
		"a list for one":      {"count": Ints(make([]int64, 1<<20)...)},
		"bytes":               {"count": Bytes(make([]byte, 1<<20)...)},
		"almost as long":      {"mode": String(large[:MaxText/2])},
		"and of another kind": {"count": String(large[:MaxText/2])},
		"a NUL in it":         {"path": String(large[:MaxText/2] + "\x00")},
		"a long name":         {large: Int(1)},
		"a name like one":     {"path" + large: Int(1)},
		"many names":          {},
		"many long names":     {},
		"many wrong values":   {"count": Int(10), "mode": String(large)},
	}
	for i := range 2000 {
		changes["many names"][fmt.Sprintf("pat%d", i)] = Int(1)
		changes["many long names"][fmt.Sprintf("%s%d", large[:1<<12], i)] = Int(1)
	}
	const longest = 16 << 10 // [bytes]
	for name, change := range changes {
		_, err := table.Defaults().With(change)
		switch {
		case err == nil:
			t.Errorf("%s: taken", name)
		case len(err.Error()) > longest || !utf8.ValidString(err.Error()):
			t.Errorf("%s: an error of %d bytes, valid %v", name, len(err.Error()), utf8.ValidString(err.Error()))
		case strings.Count(err.Error(), "did you mean") > MaxTold:
			t.Errorf("%s: %d proposals", name, strings.Count(err.Error(), "did you mean"))
		}
	}
	if _, err := table.Defaults().With(map[string]Value{"path": String(strings.Repeat("x", MaxText)), "names": Strings(make([]string, MaxElements)...)}); err != nil {
		t.Errorf("what is just not too large: %v", err)
	}
}

func TestQuotedNamesTheLengthOfALongValue(t *testing.T) {
	for text, want := range map[string]string{
		"short\n":                            `"short\n"`,
		strings.Repeat("x", longestQuoted+1): `"` + strings.Repeat("x", longestQuoted) + `"… (201 bytes)`,
		strings.Repeat("ä", longestQuoted):   `"` + strings.Repeat("ä", longestQuoted/2) + `"… (400 bytes)`,
	} {
		if got := Quoted(text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := String(text).Quoted(); got != want {
			t.Errorf("of a value: got %s, want %s", got, want)
		}
	}
	if got := Ints(make([]int64, 1000)...).Quoted(); !strings.HasPrefix(got, "[0, 0") || len(got) > longestQuoted+30 {
		t.Errorf("got %s", got)
	}
}

func TestAFileOfStrangeParametersIsWarnedOfInAFewLines(t *testing.T) {
	table := NewTable([]Declaration{{Name: "path", Default: String(""), Description: "A path."}})
	section := Section{Node: "/camera"}
	for i := range 5000 {
		section.Parameters = append(section.Parameters, Override{Name: fmt.Sprintf("pat%d", i), Value: Int(1)})
	}
	_, warnings, err := table.Resolve("/camera", &Overrides{Sections: []Section{section}})
	if err != nil || len(warnings) != MaxTold+1 {
		t.Errorf("%d warnings, want %d; %v", len(warnings), MaxTold+1, err)
	}
}

// Two ** beside each other can be walked through in as many ways as there are names.
func TestManyWildcardsMatchAsOneDoes(t *testing.T) {
	pattern := strings.Repeat("/**", 60)
	node := strings.Repeat("/a", 60)
	if matchNode(pattern+"/none", node) || !matchNode(pattern, node) || !matchNode(pattern+"/a", node) {
		t.Error("many ** match otherwise than one")
	}
}
