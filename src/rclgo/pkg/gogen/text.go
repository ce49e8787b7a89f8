package gogen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// parseString reads the value of a string constant or the default of a string
// field. On its way from the .msg file into C, rosidl turns it into a literal
// of IDL and reads that again: escape sequences are replaced twice, and doubled
// backslashes that remain are halved once more.
func parseString(p *primitive, bound int, s string) (value, error) {
	inner, err := unquote(s)
	if err != nil {
		return value{}, err
	}
	// The first replacement works on bytes: an escape sequence gives one byte of
	// UTF-8.
	bytes := make([]rune, len(inner))
	for i := range len(inner) {
		bytes[i] = rune(inner[i])
	}
	bytes, err = replaceEscapes(bytes, true)
	if err != nil {
		return value{}, fmt.Errorf("string %s: %w", s, err)
	}
	raw := make([]byte, len(bytes))
	for i, b := range bytes {
		if b > 0xff {
			return value{}, fmt.Errorf("string %s: escape sequence of U+%04X: rosidl takes characters beyond U+00FF as they are only", s, b)
		}
		raw[i] = byte(b)
	}
	if !utf8.Valid(raw) {
		return value{}, fmt.Errorf("string %s is not UTF-8", s)
	}
	runes, err := replaceEscapes([]rune(string(raw)), false)
	if err != nil {
		return value{}, fmt.Errorf("string %s: %w", s, err)
	}
	return stringValue(p, bound, strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(string(runes)))
}

// parseListString reads one string of the default of an array or sequence.
// rosidl carries these in another way than single strings: escape sequences are
// replaced once.
func parseListString(p *primitive, bound int, s string) (value, error) {
	inner, err := unquote(s)
	if err != nil {
		return value{}, err
	}
	runes, err := replaceEscapes([]rune(inner), true)
	if err != nil {
		return value{}, fmt.Errorf("string %s: %w", s, err)
	}
	return stringValue(p, bound, string(runes))
}

// stringValue makes s a value after checking its length.
func stringValue(p *primitive, bound int, s string) (value, error) {
	n := len(s)
	if p.class == wideText {
		n = len(utf16.Encode([]rune(s)))
	}
	if bound > 0 && n > bound {
		return value{}, fmt.Errorf("string %s has length %d, more than its type's %d", strconv.Quote(s), n, bound)
	}
	return value{literal: strconv.Quote(s)}, nil
}

// unquote removes the quotes around s, if there are any, and the backslashes
// before such quotes within.
func unquote(s string) (string, error) {
	for _, quote := range []string{`"`, `'`} {
		if !strings.HasPrefix(s, quote) || !strings.HasSuffix(s, quote) {
			continue
		}
		if len(s) < 2 {
			return "", fmt.Errorf("string %s lacks its closing quote", s)
		}
		inner := s[1 : len(s)-1]
		for i := range len(inner) {
			if inner[i] == quote[0] && (i == 0 || inner[i-1] != '\\') {
				return "", fmt.Errorf("string %s has a quote inside: want \\%s", s, quote)
			}
		}
		return strings.ReplaceAll(inner, `\`+quote, quote), nil
	}
	return s, nil
}

// replaceEscapes replaces the escape sequences that C, Python and IDL share,
// and \u and \U if unicode is set. A backslash before anything else remains.
func replaceEscapes(s []rune, unicode bool) ([]rune, error) {
	single := map[rune]rune{
		'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
		'\\': '\\', '\'': '\'', '"': '"',
	}
	out := make([]rune, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		next := s[i+1]
		if r, ok := single[next]; ok {
			out = append(out, r)
			i++
			continue
		}
		base, skip, most := 16, 2, 0
		switch {
		case next >= '0' && next <= '7':
			base, skip, most = 8, 1, 3
		case next == 'x':
			most = 2
		case next == 'u' && unicode:
			most = 4
		case next == 'U' && unicode:
			most = 8
		default:
			out = append(out, s[i])
			continue
		}
		start := i + skip
		end := start
		for end < len(s) && end < start+most && isDigitOf(base, s[end]) {
			end++
		}
		n, err := strconv.ParseUint(string(s[start:end]), base, 32)
		if err != nil || n > utf8.MaxRune || base == 16 && unicode && end < start+most {
			return nil, fmt.Errorf(`escape sequence \%c is not complete`, next)
		}
		out = append(out, rune(n))
		i = end - 1
	}
	return out, nil
}

func isDigitOf(base int, r rune) bool {
	digits := "0123456789abcdefABCDEF"
	if base == 8 {
		digits = "01234567"
	}
	return strings.ContainsRune(digits, r)
}
