package param

import "strings"

// Error says why a parameter was refused.
type Error struct {
	Parameter string // its name
	Node      string // fully qualified name of the node; empty at run time
	Origin    Origin // where the value came from; unknown at run time
	Reason    string // what is wrong with the value and what is allowed
}

// Error returns, for example, `parameter "framerate" of node /camera in
// config.yaml: got integer 30, want double: write 30.0`.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(`parameter "` + e.Parameter + `"`)
	if e.Node != "" {
		text.WriteString(" of node " + e.Node)
	}
	if origin := e.Origin.String(); origin != "" {
		text.WriteString(" " + origin)
	}
	text.WriteString(": " + e.Reason)
	return text.String()
}

// Warning tells the user of a setting that has no effect. The caller logs it.
type Warning struct {
	Node string // fully qualified name of the node that it concerns; empty for the whole process
	Text string
}

// String returns the text.
func (w Warning) String() string { return w.Text }
