package param

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Value is the value of a parameter. It cannot be changed: lists are copied on
// the way in and on the way out. Values are compared with [Value.Equal]. The
// zero Value has KindNotSet.
type Value struct {
	kind Kind
	data any
}

// Bool returns a bool.
func Bool(v bool) Value { return Value{KindBool, v} }

// Int returns an integer.
func Int(v int64) Value { return Value{KindInteger, v} }

// Double returns a double.
func Double(v float64) Value { return Value{KindDouble, v} }

// String returns a string.
func String(v string) Value { return Value{KindString, v} }

// Bytes returns a byte_array.
func Bytes(v ...byte) Value { return Value{KindByteArray, slices.Clone(v)} }

// Bools returns a bool_array.
func Bools(v ...bool) Value { return Value{KindBoolArray, slices.Clone(v)} }

// Ints returns an integer_array.
func Ints(v ...int64) Value { return Value{KindIntegerArray, slices.Clone(v)} }

// Doubles returns a double_array.
func Doubles(v ...float64) Value { return Value{KindDoubleArray, slices.Clone(v)} }

// Strings returns a string_array.
func Strings(v ...string) Value { return Value{KindStringArray, slices.Clone(v)} }

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.kind }

// Bool returns the value, which must be a bool. This and the following methods
// panic for another kind, as package reflect's do: the table has fixed the kind, so that a
// wrong one is an error of the program, never of the user.
func (v Value) Bool() bool { return of[bool](v, KindBool) }

// Int returns the value, which must be an integer.
func (v Value) Int() int64 { return of[int64](v, KindInteger) }

// Double returns the value, which must be a double.
func (v Value) Double() float64 { return of[float64](v, KindDouble) }

// Text returns the value, which must be a string.
func (v Value) Text() string { return of[string](v, KindString) }

// Bytes returns a copy of the value, which must be a byte_array.
func (v Value) Bytes() []byte { return slices.Clone(of[[]byte](v, KindByteArray)) }

// Bools returns a copy of the value, which must be a bool_array.
func (v Value) Bools() []bool { return slices.Clone(of[[]bool](v, KindBoolArray)) }

// Ints returns a copy of the value, which must be an integer_array.
func (v Value) Ints() []int64 { return slices.Clone(of[[]int64](v, KindIntegerArray)) }

// Doubles returns a copy of the value, which must be a double_array.
func (v Value) Doubles() []float64 { return slices.Clone(of[[]float64](v, KindDoubleArray)) }

// Texts returns a copy of the value, which must be a string_array.
func (v Value) Texts() []string { return slices.Clone(of[[]string](v, KindStringArray)) }

func of[T any](v Value, want Kind) T {
	if v.kind != want {
		panic(fmt.Sprintf("param: value %s is of type %s, not %s", v, v.kind, want))
	}
	return v.data.(T)
}

// isEmpty reports whether v is a list without elements, of any kind or of none.
func (v Value) isEmpty() bool {
	return v.kind == KindNotSet || v.kind.IsArray() && v.String() == "[]"
}

// elements returns the values of a list, and the value itself otherwise.
func (v Value) elements() []Value {
	switch list := v.data.(type) {
	case []bool:
		return each(list, Bool)
	case []int64:
		return each(list, Int)
	case []float64:
		return each(list, Double)
	case []string:
		return each(list, String)
	}
	return []Value{v}
}

// each returns the results of convert, one for each element of a list.
func each[T, U any](list []T, convert func(T) U) []U {
	results := make([]U, len(list))
	for i, element := range list {
		results[i] = convert(element)
	}
	return results
}

// Equal reports whether kind and value are the same. A NaN equals a NaN.
func (v Value) Equal(w Value) bool { return v.kind == w.kind && v.String() == w.String() }

// String returns the value as it is written in YAML, so that rcl's parser reads
// the same value of the same kind from it: strings are in double quotes,
// doubles have a point, lists are in brackets. An empty list loses its kind and
// a byte array becomes a list of integers, because YAML as rcl reads it has
// neither; KindNotSet is written as an empty list, which is how rcl comes to it.
func (v Value) String() string {
	switch data := v.data.(type) {
	case bool:
		return strconv.FormatBool(data)
	case int64:
		return strconv.FormatInt(data, 10)
	case float64:
		return doubleText(data)
	case string:
		// Go's escapes in double quotes are a subset of YAML 1.1's, as long
		// as the text is UTF-8, which ROS strings are.
		return strconv.Quote(data)
	case []byte:
		return listText(data, func(b byte) string { return strconv.Itoa(int(b)) })
	case []bool:
		return listText(data, strconv.FormatBool)
	case []int64:
		return listText(data, func(i int64) string { return strconv.FormatInt(i, 10) })
	case []float64:
		return listText(data, doubleText)
	case []string:
		return listText(data, strconv.Quote)
	}
	return "[]"
}

func listText[T any](list []T, text func(T) string) string {
	return "[" + strings.Join(each(list, text), ", ") + "]"
}

// doubleText writes a double with a point, without which rcl would take it for
// an integer and YAML 1.1 parsers would take 1e6 for a string.
func doubleText(v float64) string {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	switch text {
	case "NaN":
		return ".nan"
	case "+Inf":
		return ".inf"
	case "-Inf":
		return "-.inf"
	}
	// 'g' changes to an exponent at 1e21 for the shortest form.
	mantissa, exponent, found := strings.Cut(text, "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if found {
		return mantissa + "e" + exponent
	}
	return mantissa
}
