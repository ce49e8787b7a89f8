package override

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Forms of rcl's messages. A message of another form is passed on as it is.
var (
	linePlace  = regexp.MustCompile(`[,.]? ?(?:Error )?(?:at|near) line(?:_num)? (\d+)`)
	ruleBefore = regexp.MustCompile(`^Couldn't parse parameter override rule: '.*'\. Error: `)
)

// yamlError makes an error of rcl's message on a parameter file: file, line, the line's text,
// and the text to write instead.
func yamlError(file string, content []byte, message string) error {
	line := 0
	if match := linePlace.FindStringSubmatch(message); match != nil {
		line, _ = strconv.Atoi(match[1])
		message = linePlace.ReplaceAllString(message, "")
	}
	message = strings.TrimSpace(message)
	switch {
	case strings.HasPrefix(message, "Error parsing a event"):
		// The line is the last one that was read.
		message = "no valid YAML here or just below"
		if tab := tabIndented(content); tab > 0 {
			line, message = tab, "no valid YAML: a tab indents this line, use spaces"
		}
		line = max(line, 1)
	case strings.HasPrefix(message, "Cannot have a value before ros__parameters"):
		message = "a value where rcl expects a node's name and ros__parameters; write node: {ros__parameters: {parameter: value}}"
	case strings.HasPrefix(message, "No value"):
		message = "a parameter without a value"
	case strings.HasPrefix(message, "Sequence should be of same type"):
		message = "the elements of the list are of different types"
	case strings.HasPrefix(message, "Will not support aliasing"):
		message = "rcl does not support aliases (*name)"
	}
	place := "parameter file " + file
	if line > 0 {
		place += ", line " + strconv.Itoa(line)
		if lines := bytes.Split(content, []byte("\n")); line <= len(lines) {
			place += " (" + quote(string(lines[line-1])) + ")"
		}
	}
	return errors.New(place + ": " + message)
}

// quote quotes a line of a file, without its indentation and shortened.
func quote(line string) string {
	const longest = 60
	runes := []rune(strings.TrimSpace(line))
	if len(runes) > longest {
		runes = append(runes[:longest], '…')
	}
	return strconv.Quote(string(runes))
}

// tabIndented returns the number of the first line that a tab indents, which
// YAML forbids, or 0.
func tabIndented(content []byte) int {
	for i, line := range bytes.Split(content, []byte("\n")) {
		indentation := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if bytes.ContainsRune(indentation, '\t') && len(bytes.TrimSpace(line)) > 0 {
			return i + 1
		}
	}
	return 0
}

// argumentError makes an error of rcl's message on a -p argument.
func argumentError(argument string, cause error) error {
	const form = "want -p [node:]parameter:=value, with the node's name without namespace"
	name, value, found := strings.Cut(argument, ":=")
	message := ruleBefore.ReplaceAllString(cause.Error(), "")
	message = linePlace.ReplaceAllString(message, "")
	switch {
	case !found:
		message = "no := in it; " + form
	case value == "":
		message = `the value is missing; for an empty string write ` + name + `:='""'`
	case strings.Contains(message, "lexeme") || strings.Contains(message, "Expecting token"):
		message = form
	case strings.HasPrefix(message, "Sequence should be of same type"):
		message = "the elements of the list are of different types"
	case strings.HasPrefix(message, "Unknown YAML event"):
		message = "a value is a scalar or a list of scalars"
	case strings.HasPrefix(message, "Error parsing an event"):
		message = "the value is no valid YAML"
	}
	return fmt.Errorf("argument -p %s: %s", argument, message)
}
