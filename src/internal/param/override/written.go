package override

import (
	"os"
	"strings"

	"av_capture/src/internal/param"
	"av_capture/src/internal/rclext"
	"av_capture/src/internal/yaml"
)

// written holds the user's spelling of the values of a source, by node and parameter, for
// messages: rcl gives 7 for 007, true for on. Values that cannot be found, as in a file that
// cannot be read again, are missing.
type written map[place]yaml.Node

type place struct{ node, parameter string }

// written reads the source a third time.
func (s source) written() written {
	texts := written{}
	if s.origin.File == "" {
		_, value, _ := strings.Cut(s.origin.Argument, ":=")
		if node, err := yaml.Parse([]byte(value)); err == nil {
			texts[place{}] = node
		}
		return texts
	}
	if info, err := os.Stat(s.origin.File); err != nil || info.Size() > yaml.MaxSize {
		return texts
	}
	content, err := os.ReadFile(s.origin.File)
	if err != nil {
		return texts
	}
	root, err := yaml.Parse(content)
	if err != nil {
		return texts
	}
	texts.nodes("", root)
	return texts
}

// nodes adds the parameters of all nodes below a namespace.
func (w written) nodes(namespace string, section yaml.Node) {
	section.Each(func(key string, value yaml.Node) {
		if key == "ros__parameters" {
			w.parameters(namespace, "", value)
			return
		}
		w.nodes(namespace+"/"+strings.Trim(key, "/"), value)
	})
}

// parameters adds the parameters of a node below a group.
func (w written) parameters(node, group string, section yaml.Node) {
	section.Each(func(key string, value yaml.Node) {
		if value.Kind() == "a map" {
			w.parameters(node, group+key+".", value)
			return
		}
		w[place{node, group + key}] = value
	})
}

// of returns the elements of a parameter's value in the user's spelling, nil where the value's
// own text is the same.
func (w written) of(node string, p rclext.Parameter) []string {
	value, found := w[place{"/" + strings.Trim(node, "/"), p.Name}]
	if !found {
		value, found = w[place{}]
	}
	kind := p.Value.Kind()
	if !found || kind == param.KindNotSet || kind.Element() == param.KindString {
		return nil
	}
	elements := []yaml.Node{value}
	if kind.IsArray() {
		elements = value.Items()
	}
	texts := make([]string, len(elements))
	for i, element := range elements {
		if texts[i] = element.Text(); !element.Plain() {
			return nil
		}
	}
	text := strings.Join(texts, ", ")
	if kind.IsArray() {
		text = "[" + text + "]"
	}
	if len(texts) == 0 || text == p.Value.String() {
		return nil
	}
	return texts
}
