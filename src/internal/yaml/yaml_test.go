package yaml_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"av_capture/src/internal/yaml"
)

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb: [2\nc: 3\n":                 `line 3 ("c: 3"): `,
		"a: 1\n\tb: 2\n":                      "line 2",
		"a: 1\nb: 2\na: 3\n":                  `line 3: "a" is in line 1 already`,
		"a: {b: 1, b: 2}":                     `line 1: "b" is in line 1 already`,
		"a: *x":                               "x",
		"a: \"\\q" + strings.Repeat("x", 999): `xxx…"): `,
		"a: \xff":                             "UTF-8",
		strings.Repeat("[", 65):               "exceeded max depth of 64",
		strings.Repeat("- ", 65) + "1":        "exceeded max depth of 64",
		strings.Repeat("{a: ", 65):            "exceeded max depth of 64",
		strings.Repeat("? ", 65) + "1":        "exceeded max depth of 64",
		strings.Repeat("#", 1<<18+1):          "262145 bytes of YAML, want at most 262144",
	} {
		if _, err := yaml.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 400 {
			t.Errorf("%.20q: got %.400v, want %q", text, err, want)
		}
	}
}

// An alias costs its own size instead of that of its target, and may contain itself.
func TestEveryVersionOfYAML1IsRead(t *testing.T) {
	for _, head := range []string{"%YAML 1.0", "%YAML 1.1", "%YAML 1.2", "\ufeff%YAML 1.2", "# of a camera\r\n%YAML\t1.12 # newer\r"} {
		if root, err := yaml.Parse([]byte(head + "\n---\na: 1\n")); err != nil || root.Field("a").Text() != "1" {
			t.Errorf("%q: %v", head, err)
		}
	}
	if _, err := yaml.Parse([]byte("%YAML 2.0\n---\na: 1\n")); err == nil {
		t.Error("YAML 2.0 is read")
	}
	if _, err := yaml.Parse([]byte("%YAML 1.2\n---\na: 1\na: 2\n")); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("%v, want line 4", err)
	}
	if root, err := yaml.Parse([]byte("a: |\n\n %YAML 1.2\n")); err != nil || root.Field("a").Text() != "\n%YAML 1.2\n" {
		t.Errorf("a text: %q, %v", root.Field("a").Text(), err)
	}
}

func TestAliasesAreNotMultiplied(t *testing.T) {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 20 {
		line := strings.ReplaceAll("aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n", "M", string(rune('a'+i-1)))
		text += strings.ReplaceAll(line, "N", string(rune('a'+i)))
	}
	root, err := yaml.Parse([]byte(strings.ReplaceAll(text, "*a`", "*a0")))
	if err != nil {
		t.Fatal(err)
	}
	node := root.Field("at")
	for range 19 {
		if items := node.Items(); len(items) != 10 {
			t.Fatalf("%d items", len(items))
		} else {
			node = items[9]
		}
	}
	root, err = yaml.Parse([]byte("a: &a {b: *a}"))
	if err != nil {
		return // refused is as good
	}
	depth := 0
	var down func(yaml.Node)
	down = func(n yaml.Node) {
		if depth++; depth < 100 {
			n.Each(func(_ string, value yaml.Node) { down(value) })
		}
	}
	if down(root); depth > 10 {
		t.Errorf("%d nodes of two", depth)
	}
}

// FuzzParse visits every node: their number is bounded by the text.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "a: 1", "data: !x", "!x", "!", "- !<x> &y", "&a", "*a", "a: &a [*a]", "a: &a {b: *a}", "<<: *a", "<<: {a: 1}", "? a\n: b", "? [a]\n: {b: c}",
		"\ufeffa: 1", "\xff\xfea\x00:\x00", "\xfe\xff\x00a", "%YAML 1.1\n---\n!!str a\n...\n---\nb", "%TAG ! x\n---\n!y z", "-\x00", "- - - -1", "[[[[", "{{{{",
		"a: |2-\n   x\n", "a: >+\n x\n\n\n", "a: 'x\n  y'", "a: \"\\x41\\u0041\\U00000041\\\n  b\"", "a:\t1\r\n# x\r", "[a, b: c, ? d]", "{a, b: , ? c}", "a: b: c",
		strings.Repeat("[", 65), "a: &b !!binary aGk=\nc: *b\n", "a: !!int 0b1", "~: ~", "a: 2001-12-14t21:59:43.10-05:00", "x: .inf\ny: .nan\nz: 1_000",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := yaml.Parse(text)
		if err != nil {
			if message := err.Error(); message == "" || len(message) > 2000 || !utf8.ValidString(message) {
				t.Errorf("the error is %q", message)
			}
			return
		}
		left := 2*len(text) + 2 // of nodes that a text can have
		var walk func(n yaml.Node, depth int)
		walk = func(n yaml.Node, depth int) {
			if left--; left < 0 || depth > 2*64 {
				t.Fatal("more than the text holds")
			}
			if n.Line() < 0 || n.Line() > len(text)+1 || len(n.Text()) > 3*len(text) {
				t.Fatalf("line %d, %d bytes", n.Line(), len(n.Text()))
			}
			n.Each(func(key string, value yaml.Node) {
				if !n.Field(key).Exists() {
					t.Fatalf("%q is not found again", key)
				}
				walk(value, depth+1)
			})
			if n.Kind() == "a list" && depth < 8 { // lists follow aliases
				for _, item := range n.Items()[:min(2, len(n.Items()))] {
					walk(item, depth+1)
				}
			}
		}
		walk(root, 0)
	})
}
