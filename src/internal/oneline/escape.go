package oneline

import (
	"strconv"
	"strings"
	"unicode"
)

// unprintable reports whether a character ends a line, moves a terminal's cursor, or changes
// the direction of text.
func unprintable(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// Escaped returns text with escapes as in Go's source for control characters, as the logger
// does: names of devices and files, and output of programs, come from outside.
func Escaped(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var line strings.Builder
	for _, r := range text {
		if !unprintable(r) {
			line.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		line.WriteString(quoted[1 : len(quoted)-1])
	}
	return line.String()
}
