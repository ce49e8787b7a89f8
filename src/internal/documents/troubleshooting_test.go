package documents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// verb matches what fmt replaces.
var verb = regexp.MustCompile(`%[-+# 0]*(\[\d+\])?[\d*]*(\.[\d*]+)?[a-zA-Z]`)

// formats returns the string literals of a file, as for fmt. Anything else that is added
// to them is a %v.
func formats(file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				found = append(found, sum(n))
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				found = append(found, text)
			}
		}
		return true
	})
	return found
}

func sum(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return sum(e.X) + sum(e.Y)
		}
	}
	return "%v"
}

// cString matches string literals of C that follow each other, with a macro between
// them at most.
var cString = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI\w+\s*)?"(?:[^"\\\n]|\\.)*")*`)

// between matches what stands between two of these.
var between = regexp.MustCompile(`"\s*(?:PRI\w+\s*)?"`)

// cFormats returns the string literals of a file of C; %" PRIu64 " is a %v.
func cFormats(source string) []string {
	var found []string
	for _, literals := range cString.FindAllString(source, -1) {
		text := strings.ReplaceAll(between.ReplaceAllString(literals, ""), "% ", "%v ")
		found = append(found, strings.Trim(text, `"`))
	}
	return found
}

// allFormats returns those of all programs, and the system's errors.
func allFormats(t *testing.T) []string {
	t.Helper()
	var all []string
	for n := syscall.Errno(1); n < 140; n++ {
		all = append(all, strings.ReplaceAll(n.Error(), "%", "%%"))
	}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "msgs" || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if extension := filepath.Ext(path); extension == ".c" || extension == ".cpp" {
			source, err := os.ReadFile(path)
			all = append(all, cFormats(string(source))...)
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err == nil {
			all = append(all, formats(file)...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// example matches a word that stands for others: with a digit, or of a file, a topic
// or a parameter.
var example = regexp.MustCompile(`[0-9/"_=]|\w\.\w|^…$`)

// anything stands for a word of a format that fmt makes something of.
const anything = ""

// wordsOf takes a text apart, without the signs around its words. In a format, verbs
// are anything.
func wordsOf(text string, format bool) []string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		if bare := strings.Trim(word, " :;,.()`'"); format && verb.MatchString(strings.ReplaceAll(bare, "%%", "")) {
			words = append(words, anything)
		} else if bare = strings.ReplaceAll(bare, "%%", "%"); bare != "" {
			words = append(words, bare)
		}
	}
	return words
}

// unknownWords returns the words of a message that no program prints and that are no
// examples. Printed are: a format that is in the message as a whole, three words in
// a row of one, and fewer where the message begins or ends within one.
func unknownWords(message string, formats [][]string) []string {
	words := wordsOf(message, false)
	known := make([]bool, len(words))
	for _, format := range formats {
		for at := range words {
			markWhole(words[at:], known[at:], format, false)
			for from := range format {
				if at == 0 {
					markWhole(words, known, format[from:], true)
				}
				n := 0
				for at+n < len(words) && from+n < len(format) && words[at+n] == format[from+n] {
					n++
				}
				// The message goes on behind the words, or began before them.
				begins := at == 0 && from+n < len(format) && format[from+n] == anything
				begins = begins || at == 0 && from+n == len(format)
				ends := at+n == len(words) && (from == 0 || format[from-1] == anything)
				if n >= 3 || n > 0 && (begins || ends) {
					for i := range n {
						known[at+i] = true
					}
				}
			}
		}
	}
	var unknown []string
	for i, word := range words {
		if !known[i] && !example.MatchString(word) {
			unknown = append(unknown, word)
		}
	}
	return unknown
}

// longestExample is the greatest number of words that may stand for a verb.
const longestExample = 6

// markWhole marks the words of a format where the message begins with all of it, or, if
// cut, ends before it does. It reports whether one of these holds.
func markWhole(words []string, known []bool, format []string, cut bool) bool {
	switch {
	case len(format) == 0:
		return true
	case len(words) == 0:
		return cut
	case format[0] == anything:
		for n := range min(longestExample, len(words)) {
			if markWhole(words[n+1:], known[n+1:], format[1:], cut) {
				return true
			}
		}
		return false
	case words[0] == format[0] && markWhole(words[1:], known[1:], format[1:], cut):
		known[0] = true
		return true
	}
	return false
}

// messages returns the messages that a heading or a cell quotes: between them are words
// of ours, as in "or".
func messages(heading string) []string {
	if !strings.HasPrefix(heading, "`") {
		return nil
	}
	return codes(heading)
}

// A reader who has a message searches for its words.
func TestTroubleshootingIsOfMessagesThatThereAre(t *testing.T) {
	var all [][]string
	for _, format := range allFormats(t) {
		all = append(all, wordsOf(format, true))
	}
	found := 0
	for _, path := range documents(t) {
		for _, heading := range headings(text(t, path)) {
			for _, message := range messages(heading) {
				for part := range strings.SplitSeq(message, "…") { // where something is left out
					found++
					if unknown := unknownWords(part, all); len(unknown) > 0 {
						t.Errorf("%s: %q is not what a program prints: %q stand in no text of it", path, message, unknown)
					}
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("%d messages are found", found)
	}
}

func TestCommonErrorsOfReadmeAreHeadingsOfTroubleshooting(t *testing.T) {
	explained := headings(text(t, troubleshooting))
	for _, row := range rows(t, readme, "## Common errors") {
		if !slices.Contains(explained, row[0]) {
			t.Errorf("README.md: %s is no heading of %s", row[0], troubleshooting)
		}
	}
}

func TestWordsThatAreNotPrintedAreFound(t *testing.T) {
	var all [][]string
	for _, format := range []string{"there is no ffmpeg on this machine", "%s %v was asked for, the device gives %.4g images/s", "framerate", "got %s, want %s: write %s", "nobody publishes %v yet; see --help"} {
		all = append(all, wordsOf(format, true))
	}
	for message, want := range map[string][]string{
		"there is no ffmpeg on this machine":              nil,
		"there is no ffmpeg here":                         {"here"},
		"no such ffmpeg":                                  {"no", "such", "ffmpeg"},
		"framerate 30 was asked for, the device gives":    nil,
		"a rate of 30 was wished, the device gives 25":    {"a", "rate", "of", "was", "wished"},
		"got integer 30, want double: write 30.0":         {"integer", "double"},
		"nobody publishes /audio yet":                     nil,
		"nobody sends /audio yet":                         {"nobody", "sends"},
		"nobody publishes /audio so far":                  {"so", "far"},
		"/audio: nobody publishes it, and none will ever": {"nobody", "publishes", "it", "and", "none", "will", "ever"},
	} {
		if got := unknownWords(message, all); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
}
