package param

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Declaration declares one parameter. The kind of Default is the parameter's
// type, which never changes.
type Declaration struct {
	Name        string // snake_case, with dots between the parts of a group; a part may be the name of a topic
	Default     Value
	Description string // a full sentence on its effect, with its unit
	ReadOnly    bool   // can be given at start only

	Range      Range             // (optional) limits an integer or a double, or each of a list
	Choices    []Value           // (optional) the only values allowed, of the kind of the value or of a list's elements
	Aliases    map[string]string // (optional) other words for string choices; the parameter takes the choice
	Check      func(Value) error // (optional) a limit that Range and Choices cannot express; its error continues the sentence "got 3, …"
	Constraint string            // (optional) what Check allows, for people, as in "a power of two"

	// Keep is a value outside the range that leaves the parameter as it is, such as
	// usb_cam's −1. (optional)
	Keep Value

	// Tracked is for values that the device has, where others may change them. The next
	// change builds on the value in force.
	Tracked bool

	// Volatile is for tracked values that change without notice, which are read from the
	// device at each request.
	Volatile bool

	// Mask returns the text that others see in place of a value that may hold a password.
	// Setting the parameter to that text sets it to the value that it has, or had at start.
	// (optional)
	Mask func(Value) Value

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

// Allowed returns the allowed values of the type, as in "1 to 255" or
// `one of "file", "synthetic"`, and "" where all are. Aliases are left out.
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

// Constraints returns constraints beyond type and range, for
// rcl_interfaces/msg/ParameterDescriptor, and the aliases; "" for none.
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

// aliases returns the aliases and their choices in order, as in `"yuyv" = "yuv422_yuy2"`;
// "" for none.
func (d *Declaration) aliases() string {
	var texts []string
	for _, alias := range slices.Sorted(maps.Keys(d.Aliases)) {
		texts = append(texts, fmt.Sprintf("%q = %q", alias, d.Aliases[alias]))
	}
	return strings.Join(texts, ", ")
}

// Masked returns the value that others see.
func (d *Declaration) Masked(v Value) Value {
	if d.Mask == nil {
		return v
	}
	return d.Mask(v)
}

// Unmasked returns the first of values that [Declaration.Masked] turns into v, else v: setting
// the parameter to the masked value that was read keeps it.
func (d *Declaration) Unmasked(v Value, values ...Value) Value {
	for _, value := range values {
		if d.Mask != nil && !v.Equal(value) && v.Equal(d.Mask(value)) {
			return value
		}
	}
	return v
}

var validName = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_/]*(\.[A-Za-z_/][A-Za-z0-9_/]*)*$`)

// verify returns an error if the declaration itself is wrong.
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
