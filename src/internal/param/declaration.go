package param

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Declaration declares one parameter. The kind of Default is the parameter's
// type, which never changes.
type Declaration struct {
	Name        string // snake_case, with dots between the parts of a group; a part may be the name of a topic
	Default     Value
	Description string // what it does, with its unit, in a full sentence
	ReadOnly    bool   // can be given at start only

	Range      Range             // (optional) limits an integer or a double, or each of a list
	Choices    []Value           // (optional) the only values allowed, of the kind of the value or of a list's elements
	Aliases    map[string]string // (optional) other words for string choices; the parameter takes the choice
	Check      func(Value) error // (optional) a limit that Range and Choices cannot express; its error continues the sentence "got 3, …"
	Constraint string            // (optional) what Check allows, for people, as in "a power of two"

	// Keep is a value that the range does not allow and that leaves the
	// parameter what it is, as usb_cam's −1. (optional)
	Keep Value

	// Tracked says that the device has the value, and others may change it
	// there: what is in force is what the next change builds on.
	Tracked bool

	// Volatile says that a tracked value changes without notice, so that it
	// has to be looked at when it is asked for.
	Volatile bool

	// AcceptInteger lets an integer stand for the string of its digits, as
	// in video_device: 0. The parameter stays a string.
	AcceptInteger bool
}

// OneOf makes the Choices of a declaration.
func OneOf[T string | int64 | float64](choices ...T) []Value {
	return each(choices, func(choice T) Value {
		switch choice := any(choice).(type) {
		case string:
			return String(choice)
		case int64:
			return Int(choice)
		default:
			return Double(choice.(float64))
		}
	})
}

// Kind returns the parameter's type.
func (d *Declaration) Kind() Kind { return d.Default.Kind() }

// Type returns the type in words, as in "double" or "string or integer".
func (d *Declaration) Type() string {
	if d.AcceptInteger {
		return d.Kind().String() + " or integer"
	}
	return d.Kind().String()
}

// Allowed says which values of the type are allowed, as in "1 to 255" or
// `one of "file", "synthetic"`, and is empty where all are. Aliases are not
// named.
func (d *Declaration) Allowed() string {
	var limits []string
	if d.Range != nil {
		limits = append(limits, d.Range.String())
	}
	if d.Choices != nil {
		limits = append(limits, d.oneOf())
	}
	if d.Constraint != "" {
		limits = append(limits, d.Constraint)
	}
	return strings.Join(limits, ", ")
}

// Constraints says what is allowed beyond type and range, for
// rcl_interfaces/msg/ParameterDescriptor, and which other words are understood;
// it is empty where that is nothing.
func (d *Declaration) Constraints() string {
	var limits []string
	if d.AcceptInteger {
		limits = append(limits, "an integer stands for its digits")
	}
	if d.Choices != nil {
		limits = append(limits, d.oneOf())
	}
	if d.Constraint != "" {
		limits = append(limits, d.Constraint)
	}
	if d.Keep.Kind() != KindNotSet {
		limits = append(limits, d.Keep.String()+" leaves it as it is")
	}
	if aliases := d.aliases(); aliases != "" {
		limits = append(limits, "other words: "+aliases)
	}
	return strings.Join(limits, "; ")
}

func (d *Declaration) oneOf() string {
	return "one of " + strings.Join(each(d.Choices, Value.String), ", ")
}

// aliases returns the other words and what they stand for, ordered, as in
// `"yuyv" = "yuv422_yuy2"`; nothing without aliases.
func (d *Declaration) aliases() string {
	var texts []string
	for _, alias := range slices.Sorted(maps.Keys(d.Aliases)) {
		texts = append(texts, fmt.Sprintf("%q = %q", alias, d.Aliases[alias]))
	}
	return strings.Join(texts, ", ")
}

// validate returns the value that the parameter takes when it is given v, or
// the reason for which v is refused.
func (d *Declaration) validate(v Value) (Value, error) {
	if v.Kind() == KindNotSet && d.Kind().IsArray() {
		v = d.empty()
	}
	if v.Kind() == KindInteger && d.AcceptInteger {
		v = String(strconv.FormatInt(v.Int(), 10))
	}
	if v.Kind() != d.Kind() {
		return Value{}, d.wrongKind(v)
	}
	v = d.canonical(v)
	for _, element := range v.elements() {
		if element.Kind() == KindDouble && (math.IsNaN(element.Double()) || math.IsInf(element.Double(), 0)) {
			return Value{}, d.refuse(v, "a finite number")
		}
		if element.Kind() == KindString && strings.ContainsRune(element.Text(), 0) {
			return Value{}, d.refuse(v, "text without NUL")
		}
		if d.Range != nil && !d.Range.contains(element) {
			return Value{}, d.refuse(v, d.Range.String())
		}
		if d.Choices != nil && !slices.ContainsFunc(d.Choices, element.Equal) {
			return Value{}, d.notAChoice(v, element)
		}
	}
	if d.Check != nil {
		if err := d.Check(v); err != nil {
			return Value{}, fmt.Errorf("got %s, %w", v, err)
		}
	}
	return v, nil
}

// keeps says whether v leaves the parameter what it is.
func (d *Declaration) keeps(v Value) bool {
	return d.Keep.Kind() != KindNotSet && v.Equal(d.Keep) && (d.Range == nil || !d.Range.contains(v))
}

func (d *Declaration) refuse(v Value, want string) error {
	return fmt.Errorf("got %s, want %s", v, want)
}

func (d *Declaration) notAChoice(v, element Value) error {
	reason := d.refuse(v, d.oneOf()).Error()
	if element.Kind() == KindString {
		words := append(each(d.Choices, Value.Text), slices.Sorted(maps.Keys(d.Aliases))...)
		reason += didYouMean(element.Text(), words)
	}
	return errors.New(reason)
}

// empty returns a list of the parameter's kind without elements.
func (d *Declaration) empty() Value {
	switch d.Kind() {
	case KindBoolArray:
		return Bools()
	case KindIntegerArray:
		return Ints()
	case KindDoubleArray:
		return Doubles()
	default:
		return Strings()
	}
}

// canonical replaces aliases by the choices that they stand for.
func (d *Declaration) canonical(v Value) Value {
	if d.Aliases == nil {
		return v
	}
	replace := func(word string) string {
		if choice, ok := d.Aliases[word]; ok {
			return choice
		}
		return word
	}
	switch v.Kind() {
	case KindString:
		return String(replace(v.Text()))
	case KindStringArray:
		return Strings(each(v.Texts(), replace)...)
	}
	return v
}

// wrongKind says how the value would have to be written.
func (d *Declaration) wrongKind(v Value) error {
	got, want := v.Kind(), d.Kind()
	if got == KindNotSet {
		return fmt.Errorf("got an empty list, want %s", d.Type())
	}
	reason := fmt.Sprintf("got %s %s, want %s", got, v, d.Type())
	if cure := rewrite(v, want); cure != "" {
		reason += ": write " + cure
	}
	return errors.New(reason)
}

// rewrite returns how v is written so that it is of the wanted kind, or
// nothing where v has no meaning in that kind.
func rewrite(v Value, want Kind) string {
	switch {
	case want.IsArray() && !v.Kind().IsArray():
		if v.Kind() == want.Element() {
			return "[" + v.String() + "]"
		}
		if element := rewrite(v, want.Element()); element != "" {
			return "[" + element + "]"
		}
		return ""
	case want.IsArray():
		var texts []string
		for _, element := range v.elements() {
			text := rewrite(element, want.Element())
			if text == "" {
				return ""
			}
			texts = append(texts, text)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case v.Kind().IsArray():
		if elements := v.elements(); len(elements) == 1 && elements[0].Kind() == want {
			return elements[0].String()
		}
		return ""
	}
	switch want {
	case KindString:
		return strconv.Quote(v.String())
	case KindDouble:
		if v.Kind() == KindInteger {
			return doubleText(float64(v.Int()))
		}
		if v.Kind() == KindString {
			if number, err := strconv.ParseFloat(v.Text(), 64); err == nil {
				return doubleText(number)
			}
		}
	case KindInteger:
		if v.Kind() == KindDouble && v.Double() == math.Trunc(v.Double()) && math.Abs(v.Double()) < 1<<53 {
			return strconv.FormatInt(int64(v.Double()), 10)
		}
		if v.Kind() == KindString {
			if number, err := strconv.ParseInt(v.Text(), 10, 64); err == nil {
				return strconv.FormatInt(number, 10)
			}
		}
	case KindBool:
		switch {
		case v.Kind() == KindInteger && v.Int() == 0, v.Kind() == KindString && strings.EqualFold(v.Text(), "false"):
			return "false"
		case v.Kind() == KindInteger && v.Int() == 1, v.Kind() == KindString && strings.EqualFold(v.Text(), "true"):
			return "true"
		}
	}
	return ""
}

var validName = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_/]*(\.[A-Za-z_/][A-Za-z0-9_/]*)*$`)

// verify says what is wrong with the declaration itself.
func (d *Declaration) verify() error {
	element := d.Kind().Element()
	switch {
	case !validName.MatchString(d.Name):
		return errors.New("the name is not made of letters, digits, _, / and dots")
	case element == KindNotSet:
		return fmt.Errorf("type %s cannot be declared: parameter files cannot express it", d.Kind())
	case strings.TrimSpace(d.Description) == "":
		return errors.New("the description is missing")
	case (d.Check == nil) != (d.Constraint == ""):
		return errors.New("a Check needs a Constraint, and a Constraint a Check")
	case d.Keep.Kind() != KindNotSet && d.Keep.Kind() != d.Kind():
		return fmt.Errorf("keep is of type %s, not %s", d.Keep.Kind(), d.Kind())
	case d.Volatile && !d.Tracked:
		return errors.New("what is volatile has to be tracked")
	case d.AcceptInteger && d.Kind() != KindString:
		return errors.New("only a string can accept integers")
	case d.Aliases != nil && (element != KindString || d.Choices == nil):
		return errors.New("aliases are for strings with choices")
	}
	if d.Range != nil {
		if d.Range.kind() != element {
			return fmt.Errorf("the range is for type %s, not %s", d.Range.kind(), element)
		}
		if err := d.Range.verify(); err != nil {
			return err
		}
	}
	for _, choice := range d.Choices {
		if choice.Kind() != element {
			return fmt.Errorf("choice %s is of type %s, not %s", choice, choice.Kind(), element)
		}
	}
	for alias, choice := range d.Aliases {
		if slices.ContainsFunc(d.Choices, String(alias).Equal) || !slices.ContainsFunc(d.Choices, String(choice).Equal) {
			return fmt.Errorf("alias %q = %q: the first must not be a choice, the second must", alias, choice)
		}
	}
	if v, err := d.validate(d.Default); err != nil {
		return fmt.Errorf("default: %w", err)
	} else if !v.Equal(d.Default) {
		return fmt.Errorf("default %s is an alias: write %s", d.Default, v)
	}
	return nil
}
