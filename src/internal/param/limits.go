package param

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Limits of input from outside, at start or by any peer at run time. They are far above
// sensible input, and keep its cost in work and memory small.
const (
	MaxText     = 1 << 14 // [bytes] of a string, or of all strings of a list together
	MaxElements = 1 << 12 // of a list

	// MaxTold bounds the wrong parameters that are named for one change or one node's files.
	MaxTold = 16

	longestName   = 256 // [bytes] of a name in searches for similar ones
	longestQuoted = 200 // [bytes] of a value in a message
)

// checkSize returns an error for a value that is too large.
func (v Value) checkSize() error {
	elements, bytes := 1, 0
	switch data := v.data.(type) {
	case string:
		bytes = len(data)
	case []string:
		elements = len(data)
		for _, text := range data {
			bytes += len(text)
		}
	case []byte:
		elements = len(data)
	case []bool:
		elements = len(data)
	case []int64:
		elements = len(data)
	case []float64:
		elements = len(data)
	}
	switch {
	case elements > MaxElements:
		return fmt.Errorf("got a list of %d elements, at most %d are taken", elements, MaxElements)
	case bytes > MaxText:
		return fmt.Errorf("got %d bytes of text, at most %d are taken", bytes, MaxText)
	}
	return nil
}

// Quoted returns the value as [Value.String] does, for people: of a long one the start
// and how long it is.
func (v Value) Quoted() string {
	if text, ok := v.data.(string); ok {
		return Quoted(text)
	}
	return shortened(v.String())
}

// Quoted returns text in double quotes, of a long one its start.
func Quoted(text string) string {
	if len(text) <= longestQuoted {
		return strconv.Quote(text)
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(start(text)), len(text))
}

func shortened(text string) string {
	if len(text) <= longestQuoted {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", start(text), len(text))
}

// start returns the first characters of a long text.
func start(text string) string {
	end := longestQuoted
	for end > longestQuoted-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
