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

// validate returns the parameter's value for v, or the reason for refusing v.
func (d *Declaration) validate(v Value) (Value, error) { return d.take(Override{Value: v}) }

// take is validate for a user's text, which the reason quotes.
func (d *Declaration) take(o Override) (Value, error) {
	if err := o.Value.checkSize(); err != nil {
		return Value{}, err
	}
	switch {
	case o.Value.isEmpty() && d.Kind().IsArray():
		// Its kind says nothing: to `ros2 param load` an empty list is a bool_array.
		o = Override{Value: d.empty()}
	case o.Value.Kind() == KindInteger && d.AcceptInteger:
		o = Override{Value: String(o.text())}
	case o.Value.Kind() != d.Kind():
		return Value{}, d.wrongKind(o)
	}
	v := d.canonical(o.Value)
	if o.Written == nil {
		o.Value = v
	}
	for _, element := range v.elements() {
		if element.Kind() == KindDouble && (math.IsNaN(element.Double()) || math.IsInf(element.Double(), 0)) {
			return Value{}, d.refuse(o, "a finite number")
		}
		if element.Kind() == KindString && strings.ContainsRune(element.Text(), 0) {
			return Value{}, d.refuse(o, "text without NUL")
		}
		if d.Range != nil && !d.Range.contains(element) {
			return Value{}, d.refuse(o, d.Range.String())
		}
		if d.Choices != nil && !slices.ContainsFunc(d.Choices, element.Equal) {
			return Value{}, d.notAChoice(o, element)
		}
	}
	if d.Check != nil {
		if err := d.Check(v); err != nil {
			return Value{}, fmt.Errorf("got %s, %w", o.shown(), err)
		}
	}
	return v, nil
}

// keeps reports whether v leaves the parameter as it is.
func (d *Declaration) keeps(v Value) bool {
	return v.Kind() == d.Keep.Kind() && d.Keep.Kind() != KindNotSet && v.Equal(d.Keep) && (d.Range == nil || !d.Range.contains(v))
}

func (d *Declaration) refuse(o Override, want string) error {
	return fmt.Errorf("got %s, want %s", o.shown(), want)
}

func (d *Declaration) notAChoice(o Override, element Value) error {
	reason := d.refuse(o, d.oneOf()).Error()
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

// wrongKind returns the reason for refusing a kind, with the spelling of the wanted one.
func (d *Declaration) wrongKind(o Override) error {
	got, want := o.Value.Kind(), d.Kind()
	if got == KindNotSet {
		return fmt.Errorf("got an empty list, want %s", d.Type())
	}
	reason := fmt.Sprintf("got %s %s, want %s", got, o.shown(), d.Type())
	if cure := o.rewrite(want); cure != "" && len(cure) <= longestQuoted {
		reason += ": write " + o.inPlace(cure)
	}
	return errors.New(reason)
}

// plainWord is a word that a shell leaves as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.,:=+/-]+$`)

// inPlace returns the spelling of a value at o's place: on a command line in quotes for the
// shell, which would remove those of YAML.
func (o Override) inPlace(value string) string {
	if o.Origin.Argument == "" || plainWord.MatchString(value) {
		return value
	}
	name, _, _ := strings.Cut(o.Origin.Argument, ":=")
	return name + ":='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// rewrite returns the spelling of the value in the wanted kind, or "" where it has no meaning
// in that kind. It prefers the user's text.
func (o Override) rewrite(want Kind) string {
	if o.Written == nil || want.Element() != KindString {
		return rewrite(o.Value, want)
	}
	switch {
	case want.IsArray():
		return listText(o.Written, strconv.Quote)
	case o.Value.Kind().IsArray():
		return ""
	}
	return strconv.Quote(o.Written[0])
}

// rewrite returns the spelling of v in the wanted kind, or "" where v has no meaning in that
// kind.
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
