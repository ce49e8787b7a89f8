package service

import (
	"slices"
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
