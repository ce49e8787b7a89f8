package param

// Kind is the type of a parameter. The numbers are those of
// rcl_interfaces/msg/ParameterType.
type Kind uint8

// The kinds of parameters that ROS has.
const (
	KindNotSet Kind = iota // no value; what rcl gives for an empty list, which has no element to take the type from
	KindBool
	KindInteger // 64 bit, signed
	KindDouble  // IEEE 754 binary64
	KindString
	KindByteArray
	KindBoolArray
	KindIntegerArray
	KindDoubleArray
	KindStringArray
)

var kindNames = [...]string{
	"not set", "bool", "integer", "double", "string",
	"byte_array", "bool_array", "integer_array", "double_array", "string_array",
}

// String returns rclcpp's word for the kind, as in "integer_array".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// IsArray reports whether values of the kind are lists.
func (k Kind) IsArray() bool { return k >= KindByteArray && k <= KindStringArray }

// Element returns the kind of a list's elements, and k itself for other kinds.
// KindNotSet is returned for a byte array, whose elements are no parameters.
func (k Kind) Element() Kind {
	switch k {
	case KindByteArray:
		return KindNotSet
	case KindBoolArray:
		return KindBool
	case KindIntegerArray:
		return KindInteger
	case KindDoubleArray:
		return KindDouble
	case KindStringArray:
		return KindString
	}
	return k
}
