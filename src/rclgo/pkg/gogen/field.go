package gogen

import (
	"fmt"
	"strings"
)

// fieldWriter writes the statements that deal with one field. In these, t is
// the message, c its copy, m the message to convert and mem its C struct.
type fieldWriter struct {
	file   *file
	field  *field
	name   string        // in Go
	nested *messageNames // of the nested message, or nil
}

// item returns the Go type without its shape.
func (w *fieldWriter) item() string {
	if w.nested != nil {
		return w.nestedName(w.nested.Type)
	}
	return w.field.Type.Primitive.goT
}

func (w *fieldWriter) nestedName(name string) string {
	return w.file.qualify(w.field.Type.Package, name)
}

// goType returns the Go type.
func (w *fieldWriter) goType() string {
	switch w.field.Type.Shape {
	case scalar:
		return w.item()
	case array:
		return fmt.Sprintf("[%d]%s", w.field.Type.Size, w.item())
	default:
		return "[]" + w.item()
	}
}

// clone returns the statements that copy the field of t into the zero c.
func (w *fieldWriter) clone() string {
	switch {
	case w.nested == nil && (w.field.Type.Shape == scalar || w.field.Type.Shape == array):
		return fmt.Sprintf("c.%s = t.%[1]s\n", w.name)
	case w.field.Type.Shape == scalar:
		return fmt.Sprintf("c.%s = *t.%[1]s.Clone()\n", w.name)
	case w.field.Type.Shape == array:
		return fmt.Sprintf("%s(c.%s[:], t.%[2]s[:])\n", w.nestedName(w.nested.CloneSlice), w.name)
	}
	duplicate := fmt.Sprintf("copy(c.%s, t.%[1]s)", w.name)
	if w.nested != nil {
		duplicate = fmt.Sprintf("%s(c.%s, t.%[2]s)", w.nestedName(w.nested.CloneSlice), w.name)
	}
	return fmt.Sprintf("if t.%[1]s != nil {\nc.%[1]s = make(%[2]s, len(t.%[1]s))\n%[3]s\n}\n", w.name, w.goType(), duplicate)
}

// setDefault returns the statements that give the field of t its default.
func (w *fieldWriter) setDefault() string {
	f := w.field
	switch {
	case w.nested != nil && f.Type.Shape == scalar:
		return fmt.Sprintf("t.%s.SetDefaults()\n", w.name)
	case w.nested != nil && f.Type.Shape == array:
		return fmt.Sprintf("for i := range t.%s {\nt.%[1]s[i].SetDefaults()\n}\n", w.name)
	case len(f.Default) == 0 && f.Type.Shape == array:
		return fmt.Sprintf("t.%s = %s{}\n", w.name, w.goType())
	case len(f.Default) == 0 && f.Type.Shape != scalar:
		return fmt.Sprintf("t.%s = nil\n", w.name)
	case len(f.Default) == 0:
		zero := map[class]string{boolean: "false", text: `""`, wideText: `""`}[f.Type.Primitive.class]
		if zero == "" {
			zero = "0"
		}
		return fmt.Sprintf("t.%s = %s\n", w.name, zero)
	}
	literals := make([]string, len(f.Default))
	for i, v := range f.Default {
		literals[i] = v.literal
		if v.negativeZero {
			w.file.use("math")
			literals[i] = fmt.Sprintf("%s(math.Copysign(0, -1))", f.Type.Primitive.goT)
		}
	}
	if f.Type.Shape == scalar {
		return fmt.Sprintf("t.%s = %s\n", w.name, literals[0])
	}
	return fmt.Sprintf("t.%s = %s{%s}\n", w.name, w.goType(), strings.Join(literals, ", "))
}

// member returns the field of the C struct.
func (w *fieldWriter) member() string { return "mem." + cField(w.field.Name) }

// cSlice returns a C array of fixed size as a slice of type name.
func (w *fieldWriter) cSlice(name string) string {
	return fmt.Sprintf("unsafe.Slice((*%s)(unsafe.Pointer(&%s[0])), %d)", name, w.member(), w.field.Type.Size)
}

// primitive returns the qualified name of a function or type of package
// primitives.
func (w *fieldWriter) primitive(format string) string {
	w.file.useRclgo("rclgo/primitives")
	return "primitives." + fmt.Sprintf(format, w.field.Type.Primitive.conv)
}

// C types of one header are different types of Go in different packages, hence
// the conversions by unsafe.Pointer below: of a sequence of package primitives,
// say, to the one that the struct has.

// toC returns the statements that copy the field of m into mem.
func (w *fieldWriter) toC() string {
	p := w.field.Type.Primitive
	switch w.field.Type.Shape {
	case scalar:
		switch {
		case w.nested != nil:
			return fmt.Sprintf("%s.AsCStruct(unsafe.Pointer(&%s), &m.%s)\n", w.nestedName(w.nested.TypeSupport), w.member(), w.name)
		case p.isText():
			return fmt.Sprintf("%s(unsafe.Pointer(&%s), m.%s)\n", w.primitive("%sAsCStruct"), w.member(), w.name)
		}
		return fmt.Sprintf("%s = C.%s(m.%s)\n", w.member(), p.c, w.name)
	case array:
		if w.nested != nil {
			return fmt.Sprintf("%s(%s, m.%s[:])\n", w.nestedName(w.nested.ArrayToC), w.cSlice(w.nestedName(w.nested.C)), w.name)
		}
		return fmt.Sprintf("%s(%s, m.%s[:])\n", w.primitive("%s__Array_to_C"), w.cSlice(w.primitive("C%s")), w.name)
	}
	function, sequence := "", ""
	if w.nested != nil {
		function, sequence = w.nestedName(w.nested.SequenceToC), w.nestedName(w.nested.CSequence)
	} else {
		function, sequence = w.primitive("%s__Sequence_to_C"), w.primitive("C%s__Sequence")
	}
	return fmt.Sprintf("%s((*%s)(unsafe.Pointer(&%s)), m.%s)\n", function, sequence, w.member(), w.name)
}

// toGo returns the statements that copy the field of mem into m.
func (w *fieldWriter) toGo() string {
	p := w.field.Type.Primitive
	switch w.field.Type.Shape {
	case scalar:
		switch {
		case w.nested != nil:
			return fmt.Sprintf("%s.AsGoStruct(&m.%s, unsafe.Pointer(&%s))\n", w.nestedName(w.nested.TypeSupport), w.name, w.member())
		case p.isText():
			return fmt.Sprintf("%s(&m.%s, unsafe.Pointer(&%s))\n", w.primitive("%sAsGoStruct"), w.name, w.member())
		}
		return fmt.Sprintf("m.%s = %s(%s)\n", w.name, p.goT, w.member())
	case array:
		if w.nested != nil {
			return fmt.Sprintf("%s(m.%s[:], %s)\n", w.nestedName(w.nested.ArrayToGo), w.name, w.cSlice(w.nestedName(w.nested.C)))
		}
		return fmt.Sprintf("%s(m.%s[:], %s)\n", w.primitive("%s__Array_to_Go"), w.name, w.cSlice(w.primitive("C%s")))
	}
	function, sequence, reset := "", "", ""
	if w.nested != nil {
		function, sequence = w.nestedName(w.nested.SequenceToGo), w.nestedName(w.nested.CSequence)
	} else {
		function, sequence = w.primitive("%s__Sequence_to_Go"), w.primitive("C%s__Sequence")
		// Some versions of package primitives leave the slice as it was if the
		// sequence is empty, or overwrite a slice that a caller has kept.
		reset = fmt.Sprintf("m.%s = nil\n", w.name)
	}
	return reset + fmt.Sprintf("%s(&m.%s, *(*%s)(unsafe.Pointer(&%s)))\n", function, w.name, sequence, w.member())
}

// checkBounds returns the statements that return an error if the field of t is
// too long. nestedBounds is true if the nested message has CheckBounds.
func (w *fieldWriter) checkBounds(d *definition, nestedBounds bool) string {
	t := w.field.Type
	var b strings.Builder
	if t.Shape == bounded {
		fmt.Fprintf(&b, "if n := len(t.%s); n > %d {\n", w.name, t.Size)
		fmt.Fprintf(&b, "return fmt.Errorf(\"%s: %s has %%d items, more than %d\", n)\n}\n", d.rosName(), w.field.Name, t.Size)
	}
	check := func(item string) string {
		switch {
		case nestedBounds:
			return fmt.Sprintf("if err := %s.CheckBounds(); err != nil {\nreturn fmt.Errorf(\"%s: %s: %%w\", err)\n}\n",
				item, d.rosName(), w.field.Name)
		case t.StringBound > 0:
			length, unit := fmt.Sprintf("len(%s)", item), "bytes"
			if t.Primitive.class == wideText {
				w.file.use("unicode/utf16")
				length, unit = fmt.Sprintf("len(utf16.Encode([]rune(%s)))", item), "UTF-16 units"
			}
			return fmt.Sprintf("if n := %s; n > %d {\nreturn fmt.Errorf(\"%s: %s has a string of %%d %s, more than %d\", n)\n}\n",
				length, t.StringBound, d.rosName(), w.field.Name, unit, t.StringBound)
		}
		return ""
	}
	if t.Shape == scalar {
		b.WriteString(check("t." + w.name))
	} else if each := check("t." + w.name + "[i]"); each != "" {
		fmt.Fprintf(&b, "for i := range t.%s {\n%s}\n", w.name, each)
	}
	return b.String()
}
