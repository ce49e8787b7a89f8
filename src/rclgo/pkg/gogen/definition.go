package gogen

import "fmt"

// definition is one message: of a .msg file, or one half of a .srv file.
type definition struct {
	Package   string // ROS package
	Dir       string // "msg" or "srv"
	Name      string // "Image", "SetBool_Request"
	File      string // where it was read
	Comment   []string
	Fields    []*field
	Constants []*constant
}

// rosName is the full name of the type, "std_msgs/msg/Header".
func (d *definition) rosName() string { return d.Package + "/" + d.Dir + "/" + d.Name }

// cName is the name of the C struct, "std_msgs__msg__Header".
func (d *definition) cName() string { return d.Package + "__" + d.Dir + "__" + d.Name }

// service is a .srv file.
type service struct {
	Package  string
	Name     string
	File     string
	Request  *definition
	Response *definition
}

func (s *service) rosName() string { return s.Package + "/srv/" + s.Name }
func (s *service) cName() string   { return s.Package + "__srv__" + s.Name }

// field is a member of a message.
type field struct {
	Name    string
	Type    fieldType
	Comment []string
	Line    int

	// Default holds the default of a scalar in its only element, of an array or
	// sequence in all. It is nil where there is none, and not nil for an empty
	// sequence.
	Default []value
}

// constant is a named value of a message.
type constant struct {
	Name    string
	Type    *primitive
	Value   value
	Comment []string
	Line    int
}

// shape is the kind of a field: one item, an array or a sequence.
type shape int

const (
	scalar   shape = iota
	array          // fixed size
	bounded        // sequence with a maximum
	sequence       // sequence without
)

// fieldType is the type of a field.
type fieldType struct {
	Primitive *primitive // nil for a nested message
	Package   string     // of a nested message
	Message   string     // of a nested message

	// StringBound is the maximum length of a string, in bytes, or of a wide
	// string, in UTF-16 units; 0 means none.
	StringBound int

	Shape shape
	Size  int // of an array, or maximum of a bounded sequence
}

func (t fieldType) nested() bool { return t.Primitive == nil }

// String returns the type as .msg files spell it.
func (t fieldType) String() string {
	s := t.Package + "/" + t.Message
	if t.Primitive != nil {
		s = t.Primitive.ros
		if t.StringBound > 0 {
			s += fmt.Sprintf("<=%d", t.StringBound)
		}
	}
	switch t.Shape {
	case array:
		s += fmt.Sprintf("[%d]", t.Size)
	case bounded:
		s += fmt.Sprintf("[<=%d]", t.Size)
	case sequence:
		s += "[]"
	}
	return s
}

// primitive is a built-in type of rosidl.
type primitive struct {
	ros   string // in .msg files
	goT   string // in Go
	c     string // in C, empty for strings
	conv  string // prefix of its functions in package primitives
	class class
	bits  int // of integers and floats
}

// class groups the primitive types that are written alike.
type class int

const (
	boolean class = iota
	signed
	unsigned
	float
	text
	wideText
)

// isText reports whether values are strings.
func (p *primitive) isText() bool { return p.class == text || p.class == wideText }

// primitives are rosidl's built-in types. Since ROS 2, char is another name of
// uint8; byte is IDL's octet, with a sequence type of its own.
var primitives = func() map[string]*primitive {
	m := map[string]*primitive{}
	for _, p := range []*primitive{
		{"bool", "bool", "bool", "Bool", boolean, 1},
		{"byte", "byte", "uint8_t", "Byte", unsigned, 8},
		{"char", "byte", "uint8_t", "Uint8", unsigned, 8},
		{"int8", "int8", "int8_t", "Int8", signed, 8},
		{"uint8", "uint8", "uint8_t", "Uint8", unsigned, 8},
		{"int16", "int16", "int16_t", "Int16", signed, 16},
		{"uint16", "uint16", "uint16_t", "Uint16", unsigned, 16},
		{"int32", "int32", "int32_t", "Int32", signed, 32},
		{"uint32", "uint32", "uint32_t", "Uint32", unsigned, 32},
		{"int64", "int64", "int64_t", "Int64", signed, 64},
		{"uint64", "uint64", "uint64_t", "Uint64", unsigned, 64},
		{"float32", "float32", "float", "Float32", float, 32},
		{"float64", "float64", "double", "Float64", float, 64},
		{"string", "string", "", "String", text, 0},
		{"wstring", "string", "", "U16String", wideText, 0},
	} {
		m[p.ros] = p
	}
	return m
}()
