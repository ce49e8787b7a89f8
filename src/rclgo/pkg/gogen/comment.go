package gogen

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// tidyComment removes the indentation that all lines share, the right side of
// boxes drawn with #, and empty lines at both ends and in a row.
func tidyComment(lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		if text := strings.TrimRight(line, "#"); text == "" || strings.HasSuffix(text, " ") || strings.HasSuffix(text, ".") {
			lines[i] = strings.TrimRight(text, " ")
		}
	}
	indent := -1
	for _, line := range lines {
		if text := strings.TrimLeft(line, " "); text != "" && (indent < 0 || len(line)-len(text) < indent) {
			indent = len(line) - len(text)
		}
	}
	var out []string
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
			continue
		}
		out = append(out, line[indent:])
	}
	if len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// docComment returns lines as a comment of Go, with a newline at its end, or
// nothing. A blank follows the slashes always, so that no text becomes a
// directive of the compiler, and characters that Go does not allow are replaced.
func docComment(lines []string) string {
	var b strings.Builder
	for _, line := range tidyComment(lines) {
		line = strings.Map(func(r rune) rune {
			if r == 0 || r == '\ufeff' {
				return utf8.RuneError
			}
			return r
		}, line)
		b.WriteString(strings.TrimRight("// "+line, " ") + "\n")
	}
	return b.String()
}
