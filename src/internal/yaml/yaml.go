// Package yaml reads untrusted YAML: files of calibrations, and parameter files that a
// message quotes.
//
// It is the only package that imports a YAML library. It bounds the size of a text before
// parsing, returns a panic of the library as an error, and follows one alias at a time, so
// that a few bytes cannot expand to gigabytes.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Limits of a text.
const (
	MaxSize  = 1 << 18 // [bytes]; costs at worst 50 MB of memory and a second of processor time
	maxDepth = 64      // of nested lists and maps
)

// Node is a part of a text: a scalar, a list or a map. The zero Node is a missing one.
type Node struct{ node *yaml.Node }

// Parse parses the first document of a text, in UTF-8, or in UTF-16 with a byte order mark.
// It returns the zero Node for an empty text. The error names the line. Any goroutine may
// call it.
func Parse(text []byte) (Node, error) {
	if len(text) > MaxSize {
		return Node{}, fmt.Errorf("%d bytes of YAML, want at most %d", len(text), MaxSize)
	}
	document, err := guarded(load, asVersion11(text))
	var located *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
		return Node{}, nil
	case errors.As(err, &located):
		return Node{}, explain(text, located)
	case err != nil:
		return Node{}, err
	}
	if document == nil || len(document.Content) == 0 {
		return Node{}, nil
	}
	root := document.Content[0]
	return Node{root}, unique(root)
}

// guarded calls a parser and returns its panic as an error.
func guarded(parse func(text []byte) (*yaml.Node, error), text []byte) (document *yaml.Node, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			document, err = nil, fmt.Errorf("the YAML parser has failed: %v", reason)
		}
	}()
	return parse(text)
}

// version is the directive of YAML 1.x in the lines before the first document.
var version = regexp.MustCompile(`\A(?:\x{FEFF})?(?:[ \t]*(?:#[^\n]*|%TAG[^\n]*)?\r?\n)*%YAML[ \t]+1\.([0-9]+)[ \t]*(?:#[^\n]*)?\r?\n`)

// asVersion11 returns a text of YAML 1.x with the directive of YAML 1.1, the only version
// that the library accepts; it reads all of them alike. The numbers of lines stay.
func asVersion11(text []byte) []byte {
	minor := version.FindSubmatchIndex(text)
	if minor == nil {
		return text
	}
	return slices.Concat(text[:minor[2]], []byte("1"), text[minor[3]:])
}

// load parses a text with the library.
func load(text []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, err
	}
	document := &yaml.Node{}
	if err := loader.Load(document); err != nil {
		return nil, err
	}
	return document, nil
}

// explain rewrites an error of the library: the line's number, its text, and the message.
func explain(text []byte, cause *yaml.LoadError) error {
	message := cause.Message
	if cause.ContextMsg != "" {
		message += " " + cause.ContextMsg
	}
	if cause.Mark.Line < 1 {
		return errors.New(message)
	}
	place := fmt.Sprintf("line %d", cause.Mark.Line)
	if lines := bytes.Split(text, []byte("\n")); cause.Mark.Line <= len(lines) {
		place += " (" + Quote(strings.TrimSpace(string(lines[cause.Mark.Line-1]))) + ")"
	}
	return fmt.Errorf("%s: %s", place, message)
}

// Quote returns an untrusted text for a message: quoted, and shortened if it is long.
func Quote(text string) string {
	const longest = 60
	if runes := []rune(text[:min(len(text), 4*longest)]); len(runes) > longest || len(text) > 4*longest {
		text = string(runes[:min(len(runes), longest)]) + "…"
	}
	return strconv.Quote(text)
}

// unique returns an error if a map at or below a node has a key twice. It recurses at most
// maxDepth deep.
func unique(node *yaml.Node) error {
	if node.Kind == yaml.MappingNode {
		lines := make(map[string]int, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if key.Kind != yaml.ScalarNode {
				continue
			}
			if before, twice := lines[key.Value]; twice {
				return fmt.Errorf("line %d: %q is in line %d already", key.Line, key.Value, before)
			}
			lines[key.Value] = key.Line
		}
	}
	for _, child := range node.Content {
		if err := unique(child); err != nil {
			return err
		}
	}
	return nil
}

// target returns the node that an alias stands for, or the node itself.
func (n Node) target() *yaml.Node {
	if n.node != nil && n.node.Kind == yaml.AliasNode {
		return n.node.Alias
	}
	return n.node
}

// Exists reports whether the node is in the text.
func (n Node) Exists() bool { return n.node != nil }

// Line returns the line in which the node begins, from 1, or 0 for the zero Node.
func (n Node) Line() int {
	if n.node == nil {
		return 0
	}
	return n.node.Line
}

// Kind returns the kind of the node: "a map", "a list", "a text" or "nothing".
func (n Node) Kind() string {
	switch t := n.target(); {
	case t == nil, t.Kind == yaml.ScalarNode && t.Style == 0 && t.Tag == "!!null":
		return "nothing"
	case t.Kind == yaml.MappingNode:
		return "a map"
	case t.Kind == yaml.SequenceNode:
		return "a list"
	}
	return "a text"
}

// Field returns the value of a map's key, the zero Node if there is none.
func (n Node) Field(key string) Node {
	if t := n.target(); t != nil && t.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(t.Content); i += 2 {
			if k := t.Content[i]; k.Kind == yaml.ScalarNode && k.Value == key {
				return Node{t.Content[i+1]}
			}
		}
	}
	return Node{}
}

// Items returns the elements of a list.
func (n Node) Items() []Node {
	t := n.target()
	if t == nil || t.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]Node, len(t.Content))
	for i, item := range t.Content {
		items[i] = Node{item}
	}
	return items
}

// Text returns a scalar as it is written, without its quotes: 007 is "007". It is empty for
// other nodes.
func (n Node) Text() string {
	if t := n.target(); t != nil && t.Kind == yaml.ScalarNode {
		return t.Value
	}
	return ""
}

// Plain reports whether the node is a scalar without quotes, whose type depends on the
// reader.
func (n Node) Plain() bool {
	t := n.target()
	return t != nil && t.Kind == yaml.ScalarNode && t.Style == 0
}

// Each calls visit for each scalar key of a map, in their order. It does not follow
// aliases, so that recursion ends.
func (n Node) Each(visit func(key string, value Node)) {
	if n.node == nil || n.node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.node.Content); i += 2 {
		if key := n.node.Content[i]; key.Kind == yaml.ScalarNode {
			visit(key.Value, Node{n.node.Content[i+1]})
		}
	}
}
