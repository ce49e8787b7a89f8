package param

import (
	"bytes"
	"io"
)

// commentWidth is the number of characters in a line of a comment, which makes
// lines of 80 with the indentation.
const commentWidth = 74

// WriteYAML writes a table as a section of a parameter file: for each parameter
// its description, its type and its allowed values as a comment, then its default.
// node is the section's key, as in "camera" or "/**/camera". Names keep their
// dots, so that a line can be copied and is found by the name that ros2 param
// lists. rcl reads the defaults back from it.
func WriteYAML(w io.Writer, node string, table *Table) error {
	var text bytes.Buffer
	text.WriteString(node + ":\n  ros__parameters:\n")
	for i := range table.declarations {
		d := &table.declarations[i]
		if i > 0 {
			text.WriteByte('\n')
		}
		comment(&text, d.Description)
		comment(&text, d.limits())
		if aliases := d.aliases(); aliases != "" {
			comment(&text, "Other words: "+aliases+".")
		}
		text.WriteString("    " + d.Name + ": " + d.Default.String() + "\n")
	}
	_, err := w.Write(text.Bytes())
	return err
}

func comment(text *bytes.Buffer, sentence string) {
	for _, line := range wrap(sentence, commentWidth) {
		text.WriteString("    # " + line + "\n")
	}
}

// limits returns type, allowed values and whether the parameter is read-only,
// as in "Type integer, 1 to 255, read-only."
func (d *Declaration) limits() string {
	text := "Type " + d.Type()
	if allowed := d.Allowed(); allowed != "" {
		text += ", " + allowed
	}
	if d.ReadOnly {
		text += ", read-only"
	}
	return text + "."
}
