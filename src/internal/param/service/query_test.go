package service

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/param"
)

func table(names ...string) *param.Table {
	var declarations []param.Declaration
	for _, name := range names {
		declarations = append(declarations, param.Declaration{Name: name, Default: param.Int(1), Description: "A number."})
	}
	return param.NewTable(declarations)
}

func TestListGoesByPrefixAndDepth(t *testing.T) {
	parameters := table("z", "a.c", "a.b.c", "a", "ab.c", "/t.p.q")
	for _, test := range []struct {
		prefixes []string
		depth    uint64
		names    []string
		groups   []string
	}{
		{nil, 0, []string{"/t.p.q", "a", "a.b.c", "a.c", "ab.c", "z"}, []string{"/t.p", "a.b", "a", "ab"}},
		{nil, 1, []string{"a", "z"}, nil},
		{nil, 2, []string{"a", "a.c", "ab.c", "z"}, []string{"a", "ab"}},
		{nil, 9, []string{"/t.p.q", "a", "a.b.c", "a.c", "ab.c", "z"}, []string{"/t.p", "a.b", "a", "ab"}},
		{[]string{"a"}, 0, []string{"a", "a.b.c", "a.c"}, []string{"a.b", "a"}},
		{[]string{"a"}, 1, []string{"a", "a.c"}, []string{"a"}},
		{[]string{"a", "z"}, 1, []string{"a", "a.c", "z"}, []string{"a"}},
		{[]string{"a.b"}, 1, []string{"a.b.c"}, []string{"a.b"}},
		{[]string{"a."}, 0, nil, nil},
		{[]string{""}, 0, nil, nil},
		{[]string{"none"}, 0, nil, nil},
	} {
		got := list(parameters, test.prefixes, test.depth)
		if !slices.Equal(got.Names, test.names) || !slices.Equal(got.Prefixes, test.groups) {
			t.Errorf("list(%q, %d): got %q in %q, want %q in %q", test.prefixes, test.depth,
				got.Names, got.Prefixes, test.names, test.groups)
		}
	}
}

func TestOneUnknownNameLeavesNoAnswer(t *testing.T) {
	count := func(name string) int { return len(name) }
	parameters := table("a", "bb")
	if got := each(parameters, []string{"bb", "a", "bb"}, count); !slices.Equal(got, []int{2, 1, 2}) {
		t.Errorf("got %v, want 2, 1, 2", got)
	}
	if got := each(parameters, []string{"bb", "c"}, count); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

// listPlainly is list without any of what saves work.
func listPlainly(table *param.Table, prefixes []string, depth uint64) []string {
	shallow := func(name string) bool { return depth == 0 || uint64(strings.Count(name, separator)) < depth }
	var names []string
	for _, d := range table.Declarations() {
		if len(prefixes) == 0 && shallow(d.Name) || slices.ContainsFunc(prefixes, func(prefix string) bool {
			rest, below := strings.CutPrefix(d.Name, prefix+separator)
			return d.Name == prefix || below && shallow(rest)
		}) {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestSavedWorkChangesNoList(t *testing.T) {
	parameters := table("z", "a.c", "a.b.c", "a", "ab.c", "/t.p.q", "a.b.d.e")
	some := []string{"a", "a.b", "a.b.c", "a.", ".", "", "z", "/t", "/t.p", "b", "a.b.d", "ab"}
	random := rand.New(rand.NewPCG(15, 2026))
	for range 5000 {
		var prefixes []string
		for range random.IntN(4) {
			prefixes = append(prefixes, some[random.IntN(len(some))])
		}
		depth := random.Uint64N(5)
		if got, want := list(parameters, prefixes, depth).Names, listPlainly(parameters, prefixes, depth); !slices.Equal(got, want) {
			t.Fatalf("list(%q, %d): got %q, want %q", prefixes, depth, got, want)
		}
	}
}

// A look-up costs no memory: a prefix with a dot behind it does.
func TestEachPrefixIsLookedAtOnce(t *testing.T) {
	parameters := table("z", "a.c", "a.b.c")
	count := func(prefixes []string) float64 {
		return testing.AllocsPerRun(1, func() { list(parameters, prefixes, 0) })
	}
	var many []string
	for i := range 10000 {
		many = append(many, fmt.Sprintf("%s%d", strings.Repeat("x", 1000), i))
	}
	if few, all := count(many[:1]), count(many); all > few+10 {
		t.Errorf("%v allocations for %d prefixes, %v for one", all, len(many), few)
	}
}

func TestMoreNamesThanAnybodyMeansHaveNoAnswer(t *testing.T) {
	converted := 0
	count := func(string) int { converted++; return converted }
	parameters := table("a")
	if got := each(parameters, slices.Repeat([]string{"a"}, mostNames), count); len(got) != mostNames || converted != 1 {
		t.Errorf("%d answers, want %d", len(got), mostNames)
	}
	converted = 0
	if got := each(parameters, slices.Repeat([]string{"a"}, mostNames+1), count); got != nil || converted > 0 {
		t.Errorf("%d answers and %d conversions, want none", len(got), converted)
	}
}
