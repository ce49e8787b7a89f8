package param

import (
	"bytes"
	"io"
	"strings"
)

// WriteMarkdown writes a table as a table in GitHub's Markdown, one row for each
// parameter.
func WriteMarkdown(w io.Writer, table *Table) error {
	var text bytes.Buffer
	text.WriteString("| Parameter | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n")
	for i := range table.declarations {
		d := &table.declarations[i]
		meaning := d.Description
		if aliases := d.aliases(); aliases != "" {
			meaning += " Other words: " + aliases + "."
		}
		if d.ReadOnly {
			meaning += " Read-only."
		}
		row := []string{code(d.Name), d.Type(), code(d.Default.String()), cell(d.Allowed()), cell(meaning)}
		text.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	_, err := w.Write(text.Bytes())
	return err
}

// cell makes text safe in a cell, where a bar or a line's end would end it.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// code sets text as code, in more backticks than it has in a row.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		text = " " + text + " "
	}
	return fence + strings.ReplaceAll(text, "|", `\|`) + fence
}
