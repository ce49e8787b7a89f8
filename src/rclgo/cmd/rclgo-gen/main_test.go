package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newPrefix returns an installation with one package.
func newPrefix(t *testing.T, pkg string) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "share", pkg, "msg")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "A.msg"), []byte("int8 a\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestGenerateTakesRootsFromFlagsOrEnvironment(t *testing.T) {
	one, two := newPrefix(t, "one"), newPrefix(t, "two")
	list := one + string(os.PathListSeparator) + two
	for _, c := range []struct {
		name, environment string
		args              []string
		want              []string
	}{
		{"repeated", "", []string{"--root-path", one, "--root-path", two}, []string{"one", "two"}},
		{"list", "", []string{"--root-path=" + list}, []string{"one", "two"}},
		{"short", "", []string{"-r", two}, []string{"two"}},
		{"environment", list, nil, []string{"one", "two"}},
		{"flag instead of environment", two, []string{"--root-path", one}, []string{"one"}},
		{"regex", list, []string{"--include-package", "^t", "--cgo-flags-path", ""}, []string{"two"}},
		{"name", list, []string{"--include-package-deps", "one"}, []string{"one"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("AMENT_PREFIX_PATH", c.environment)
			dest := t.TempDir()
			args := append([]string{"generate", "--dest-path", dest, "--message-module-prefix", "example.com/msgs", "--rclgo-import-path", "example.com/rclgo"}, c.args...)
			if err := run(args, &bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
			var got []string
			entries, err := os.ReadDir(dest)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				got = append(got, entry.Name())
				content, err := os.ReadFile(filepath.Join(dest, entry.Name(), "msg", "A.gen.go"))
				if err != nil || !strings.Contains(string(content), `"example.com/rclgo/pkg/rclgo/types"`) {
					t.Errorf("%s: %v\n%s", entry.Name(), err, content)
				}
			}
			if strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestErrorsSayWhatIsWanted(t *testing.T) {
	t.Setenv("AMENT_PREFIX_PATH", "")
	root := newPrefix(t, "one")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no command given"},
		{[]string{"produce"}, `unknown command "produce"`},
		{[]string{"generate"}, "AMENT_PREFIX_PATH"},
		{[]string{"generate", "-r", root, "more"}, `unexpected argument "more"`},
		{[]string{"generate", "-r", root, "--include-package", "("}, "missing closing )"},
		{[]string{"generate", "-r", root, "--include-package", "two"}, "--include-package two matches no package"},
		{[]string{"generate", "-r", root, "--nonsense"}, "flag provided but not defined: -nonsense"},
	} {
		if err := run(c.args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.args, err, c.want)
		}
	}
}

func TestHelpListsTheFlags(t *testing.T) {
	var output bytes.Buffer
	_ = run([]string{"generate", "--help"}, &output)
	for _, name := range []string{"root-path", "dest-path", "message-module-prefix", "rclgo-import-path", "include-package", "include-package-deps", "cgo-flags-path"} {
		if !strings.Contains(output.String(), "  --"+name+" ") {
			t.Errorf("help lacks --%s:\n%s", name, output.String())
		}
	}
}
