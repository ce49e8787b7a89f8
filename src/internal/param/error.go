package param

import "strings"

// Error is the refusal of a parameter.
type Error struct {
	Parameter string // its name
	Node      string // fully qualified name of the node; empty at run time
	Origin    Origin // where the value came from; unknown at run time
	Reason    string // the fault of the value, and the allowed values, as Declaration.validate words it
}

// Error returns, for example, `parameter "framerate" of node /camera in
// config.yaml: got integer 30, want double: write 30.0`.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("parameter " + Quoted(e.Parameter))
	if e.Node != "" {
		text.WriteString(" of node " + e.Node)
	}
	if origin := e.Origin.String(); origin != "" {
		text.WriteString(" " + origin)
	}
	text.WriteString(": " + e.Reason)
	return text.String()
}
