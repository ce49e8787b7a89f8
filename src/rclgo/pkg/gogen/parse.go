package gogen

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	packagePattern  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	messagePattern  = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*$`)
	fieldPattern    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	constantPattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// parseMessage reads a .msg file. The error names file and line.
func parseMessage(pkg, name, file, source string) (*definition, error) {
	return parseDefinition(pkg, "msg", name, file, 1, splitLines(source))
}

// parseService reads a .srv file: two messages with a line of three dashes
// between. The error names file and line.
func parseService(pkg, name, file, source string) (*service, error) {
	lines := splitLines(source)
	separator := -1
	for i, line := range lines {
		if strings.TrimRight(line, " \t") != "---" {
			continue
		}
		if separator >= 0 {
			return nil, fmt.Errorf("%s:%d: second line of ---, the first is line %d", file, i+1, separator+1)
		}
		separator = i
	}
	if separator < 0 {
		return nil, fmt.Errorf("%s:%d: no line of --- between request and response", file, len(lines))
	}
	request, err := parseDefinition(pkg, "srv", name+"_Request", file, 1, lines[:separator])
	if err != nil {
		return nil, err
	}
	response, err := parseDefinition(pkg, "srv", name+"_Response", file, separator+2, lines[separator+1:])
	if err != nil {
		return nil, err
	}
	return &service{Package: pkg, Name: name, File: file, Request: request, Response: response}, nil
}

// splitLines splits at the line ends of all systems.
func splitLines(source string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source), "\n")
}

// parseDefinition reads lines, of which the first has the number firstLine.
//
// Comments belong to the item that follows them, on the same line or a later one;
// indented ones to the item before them; those at the top, up to the first line
// without a comment, to the message.
func parseDefinition(pkg, dir, name, file string, firstLine int, lines []string) (*definition, error) {
	d := &definition{Package: pkg, Dir: dir, Name: name, File: file}
	var pending []string // comment of the next item
	var last *[]string   // comment of the item read last
	atTop := true
	for i, line := range lines {
		fail := func(err error) error { return fmt.Errorf("%s:%d: %w", file, firstLine+i, err) }
		line = strings.TrimRight(strings.ReplaceAll(line, "\t", " "), " \f\v")
		code, comment, hasComment := strings.Cut(line, "#")
		comment = strings.TrimLeft(comment, "#")
		indented := strings.HasPrefix(code, " ")
		code = strings.TrimSpace(code)
		if code == "" {
			switch {
			case atTop && hasComment && !indented:
				d.Comment = append(d.Comment, comment)
				continue
			case hasComment && indented && last != nil:
				*last = append(*last, comment)
			case hasComment:
				pending = append(pending, comment)
			case len(pending) > 0:
				pending = append(pending, "")
			}
			atTop = false
			continue
		}
		atTop = false
		if hasComment {
			pending = append(pending, comment)
		}

		typeName, rest, _ := strings.Cut(code, " ")
		rest = strings.TrimSpace(rest)
		if rest == "" {
			return nil, fail(fmt.Errorf("%s: want a type and a name", code))
		}
		if constantName, text, ok := strings.Cut(rest, "="); ok {
			c, err := parseConstant(typeName, strings.TrimSpace(constantName), strings.TrimLeft(text, " "))
			if err != nil {
				return nil, fail(err)
			}
			if j := slices.IndexFunc(d.Constants, func(o *constant) bool { return o.Name == c.Name }); j >= 0 {
				return nil, fail(fmt.Errorf("constant %s is defined in line %d already", c.Name, d.Constants[j].Line))
			}
			c.Line, c.Comment = firstLine+i, pending
			d.Constants = append(d.Constants, c)
			last = &c.Comment
		} else {
			fieldName, text, _ := strings.Cut(rest, " ")
			f, err := parseField(pkg, typeName, fieldName, strings.TrimSpace(text))
			if err != nil {
				return nil, fail(err)
			}
			if j := slices.IndexFunc(d.Fields, func(o *field) bool { return o.Name == f.Name }); j >= 0 {
				return nil, fail(fmt.Errorf("field %s is defined in line %d already", f.Name, d.Fields[j].Line))
			}
			f.Line, f.Comment = firstLine+i, pending
			d.Fields = append(d.Fields, f)
			last = &f.Comment
		}
		pending = nil
	}
	return d, nil
}

func parseConstant(typeName, name, text string) (*constant, error) {
	p := primitives[typeName]
	if p == nil {
		return nil, fmt.Errorf("constant %s has type %s: want a built-in type without bounds", name, typeName)
	}
	if !constantPattern.MatchString(name) {
		return nil, fmt.Errorf("constant %q: want a name of capital letters, digits and underscores", name)
	}
	if text == "" {
		return nil, fmt.Errorf("constant %s has no value", name)
	}
	v, err := parseValue(p, 0, text)
	if err != nil {
		return nil, fmt.Errorf("constant %s: %w", name, err)
	}
	return &constant{Name: name, Type: p, Value: v}, nil
}

func parseField(pkg, typeName, name, text string) (*field, error) {
	t, err := parseType(pkg, typeName)
	if err != nil {
		return nil, err
	}
	if !fieldPattern.MatchString(name) {
		return nil, fmt.Errorf("field %q: want a name of letters, digits and underscores that begins with a letter", name)
	}
	f := &field{Name: name, Type: t}
	if text == "" {
		return f, nil
	}
	if f.Default, err = parseValues(t, text); err != nil {
		return nil, fmt.Errorf("field %s: %w", name, err)
	}
	return f, nil
}

// parseType reads a type as .msg files spell it. A message without a package
// is of package pkg.
func parseType(pkg, s string) (fieldType, error) {
	base, t, err := parseShape(s)
	if err != nil {
		return t, err
	}
	name, bound, hasBound := strings.Cut(base, "<=")
	if t.Primitive = primitives[name]; t.Primitive != nil {
		if !hasBound {
			return t, nil
		}
		if !t.Primitive.isText() {
			return t, fmt.Errorf("type %s: only string and wstring take a maximum length", s)
		}
		t.StringBound, err = parseSize(bound)
		if err != nil {
			return t, fmt.Errorf("type %s: %w", s, err)
		}
		return t, nil
	}
	parts := strings.Split(base, "/")
	if len(parts) == 3 && parts[1] == "msg" {
		parts = []string{parts[0], parts[2]}
	}
	switch len(parts) {
	case 1:
		t.Package, t.Message = pkg, parts[0]
	case 2:
		t.Package, t.Message = parts[0], parts[1]
	default:
		return t, fmt.Errorf("type %s: want a message as package/Name", s)
	}
	if !packagePattern.MatchString(t.Package) || !messagePattern.MatchString(t.Message) {
		return t, fmt.Errorf("type %s is neither built in nor the name of a message", s)
	}
	return t, nil
}

// parseShape reads the part after the type of the items: nothing, [3], [<=3] or
// [].
func parseShape(s string) (base string, t fieldType, err error) {
	i := strings.IndexByte(s, '[')
	if i < 0 {
		return s, t, nil
	}
	size, ok := strings.CutSuffix(s[i+1:], "]")
	if !ok {
		return "", t, fmt.Errorf("type %s lacks its closing bracket", s)
	}
	base = s[:i]
	if size == "" {
		t.Shape = sequence
		return base, t, nil
	}
	t.Shape = array
	if most, ok := strings.CutPrefix(size, "<="); ok {
		t.Shape, size = bounded, most
	}
	if t.Size, err = parseSize(size); err != nil {
		return "", t, fmt.Errorf("type %s: %w", s, err)
	}
	return base, t, nil
}

func parseSize(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is not a size: want a whole number above 0", s)
	}
	return n, nil
}
