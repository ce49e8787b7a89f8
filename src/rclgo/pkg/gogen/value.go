package gogen

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// value is the value of a constant or a default, as the Go literal that
// stands for it.
type value struct {
	literal string

	// negativeZero: Go has no literal of it.
	negativeZero bool
}

// parseValue reads one value of type p. bound is the maximum length of a
// string, 0 for none.
func parseValue(p *primitive, bound int, s string) (value, error) {
	switch p.class {
	case boolean:
		switch strings.ToLower(s) {
		case "true", "1":
			return value{literal: "true"}, nil
		case "false", "0":
			return value{literal: "false"}, nil
		}
		return value{}, fmt.Errorf("%s is not a bool: want true, false, 1 or 0", strconv.Quote(s))
	case signed, unsigned:
		return parseInteger(p, s)
	case float:
		return parseFloat(p, s)
	default:
		return parseString(p, bound, s)
	}
}

// parseInteger reads a decimal number, zeros in front allowed, or one with a
// prefix 0x, 0o or 0b.
func parseInteger(p *primitive, s string) (value, error) {
	digits, ok := dropDigitSeparators(s)
	n, isNumber := new(big.Int).SetString(digits, 10)
	if !isNumber {
		n, isNumber = new(big.Int).SetString(digits, 0)
	}
	if !ok || !isNumber {
		return value{}, fmt.Errorf("%s is not a number of type %s", strconv.Quote(s), p.ros)
	}
	low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(p.bits))
	if p.class == signed {
		high.Rsh(high, 1)
		low.Neg(high)
	}
	high.Sub(high, big.NewInt(1))
	if n.Cmp(low) < 0 || n.Cmp(high) > 0 {
		return value{}, fmt.Errorf("%s does not fit %s: want %v to %v", s, p.ros, low, high)
	}
	return value{literal: n.String()}, nil
}

// parseFloat reads a decimal number. There are no values for infinities and
// NaN: rosidl has no literals for them.
func parseFloat(p *primitive, s string) (value, error) {
	digits, ok := dropDigitSeparators(s)
	if !ok || strings.ContainsAny(digits, "xXnN") {
		return value{}, fmt.Errorf("%s is not a decimal number of type %s", strconv.Quote(s), p.ros)
	}
	f, err := strconv.ParseFloat(digits, 64)
	if math.IsInf(f, 0) || p.bits == 32 && math.IsInf(float64(float32(f)), 0) {
		return value{}, fmt.Errorf("%s does not fit %s", s, p.ros)
	}
	if err != nil {
		return value{}, fmt.Errorf("%s is not a decimal number of type %s", strconv.Quote(s), p.ros)
	}
	if f == 0 && math.Signbit(f) {
		return value{literal: "0", negativeZero: true}, nil
	}
	return value{literal: strconv.FormatFloat(f, 'g', -1, 64)}, nil
}

// dropDigitSeparators removes the underscores between digits, and reports whether
// all were between digits.
func dropDigitSeparators(s string) (string, bool) {
	isDigit := func(i int) bool {
		return i >= 0 && i < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[i]) >= 0
	}
	for i := range len(s) {
		if s[i] == '_' && (!isDigit(i-1) || !isDigit(i+1)) {
			return s, false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

// parseValues reads the default of a field.
func parseValues(t fieldType, s string) ([]value, error) {
	if t.nested() {
		return nil, fmt.Errorf("a field of type %s cannot have a default", t)
	}
	if t.Shape == scalar {
		v, err := parseValue(t.Primitive, t.StringBound, s)
		return []value{v}, err
	}
	inner, ok := strings.CutPrefix(s, "[")
	if ok {
		inner, ok = strings.CutSuffix(inner, "]")
	}
	if !ok {
		return nil, fmt.Errorf("default %s of type %s: want a list in brackets", s, t)
	}
	items, err := splitList(inner, t.Primitive.isText())
	if err != nil {
		return nil, fmt.Errorf("default %s: %w", s, err)
	}
	if t.Shape == array && len(items) != t.Size {
		return nil, fmt.Errorf("default %s has %d items, type %s has %d", s, len(items), t, t.Size)
	}
	if t.Shape == bounded && len(items) > t.Size {
		return nil, fmt.Errorf("default %s has %d items, type %s has room for %d", s, len(items), t, t.Size)
	}
	values := make([]value, 0, len(items))
	for i, item := range items {
		var v value
		if t.Primitive.isText() {
			v, err = parseListString(t.Primitive, t.StringBound, item)
		} else {
			v, err = parseValue(t.Primitive, 0, item)
		}
		if err != nil {
			return nil, fmt.Errorf("default, item %d: %w", i, err)
		}
		values = append(values, v)
	}
	return values, nil
}

// splitList splits at commas. Those inside of quotes do not count where items
// are strings.
func splitList(s string, quotes bool) ([]string, error) {
	var items []string
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	start, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case quotes && (c == '"' || c == '\'') && strings.TrimSpace(s[start:i]) == "":
			quote = c
		case c == ',':
			items = append(items, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a string lacks its closing %c", quote)
	}
	return append(items, strings.TrimSpace(s[start:])), nil
}
