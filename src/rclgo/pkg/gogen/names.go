package gogen

import (
	"regexp"
	"strings"
)

// messageNames are the Go names generated for a message.
type messageNames struct {
	Type, New                                           string
	Publisher, NewPublisher                             string
	Subscription, SubscriptionCallback, NewSubscription string
	CloneSlice                                          string
	TypeSupport, TypeSupportType                        string
	C, CSequence                                        string
	SequenceToGo, SequenceToC, ArrayToGo, ArrayToC      string
}

// serviceNames are the Go names generated for a service.
type serviceNames struct {
	TypeSupport, TypeSupportType   string
	Client, NewClient              string
	Service, NewService            string
	ResponseSender, RequestHandler string
}

// scope hands out names that are used once.
type scope map[string]bool

// take returns name, with underscores appended as long as it is in use.
func (s scope) take(name string) string {
	for s[name] {
		name += "_"
	}
	s[name] = true
	return name
}

// nameMessages chooses the Go names for definitions and services that share a
// Go package. The types themselves come first: where the name of one equals a
// name derived from another, as of messages Scan and NewScan, the derived one
// gets an underscore.
func nameMessages(definitions []*definition, services []*service) (map[*definition]*messageNames, map[*service]*serviceNames) {
	used := scope{"C": true} // the name of cgo's package
	messages := map[*definition]*messageNames{}
	for _, d := range definitions {
		messages[d] = &messageNames{Type: used.take(d.Name)}
	}
	for _, d := range definitions {
		n := messages[d]
		n.New = used.take("New" + d.Name)
		n.Publisher = used.take(d.Name + "Publisher")
		n.NewPublisher = used.take("New" + d.Name + "Publisher")
		n.Subscription = used.take(d.Name + "Subscription")
		n.SubscriptionCallback = used.take(d.Name + "SubscriptionCallback")
		n.NewSubscription = used.take("New" + d.Name + "Subscription")
		n.CloneSlice = used.take("Clone" + d.Name + "Slice")
		n.TypeSupport = used.take(d.Name + "TypeSupport")
		n.TypeSupportType = used.take("_" + d.Name + "TypeSupport")
		n.C = used.take("C" + d.Name)
		n.CSequence = used.take("C" + d.Name + "__Sequence")
		n.SequenceToGo = used.take(d.Name + "__Sequence_to_Go")
		n.SequenceToC = used.take(d.Name + "__Sequence_to_C")
		n.ArrayToGo = used.take(d.Name + "__Array_to_Go")
		n.ArrayToC = used.take(d.Name + "__Array_to_C")
	}
	named := map[*service]*serviceNames{}
	for _, s := range services {
		named[s] = &serviceNames{
			TypeSupport:     used.take(s.Name + "TypeSupport"),
			TypeSupportType: used.take("_" + s.Name + "TypeSupport"),
			Client:          used.take(s.Name + "Client"),
			NewClient:       used.take("New" + s.Name + "Client"),
			Service:         used.take(s.Name + "Service"),
			NewService:      used.take("New" + s.Name + "Service"),
			ResponseSender:  used.take(s.Name + "ServiceResponseSender"),
			RequestHandler:  used.take(s.Name + "ServiceRequestHandler"),
		}
	}
	return messages, named
}

// nameFields chooses the Go names of the fields of a message, in their order.
// A name that a method or an earlier field has gets an underscore.
func nameFields(d *definition) map[*field]string {
	used := scope{"Clone": true, "CloneMsg": true, "SetDefaults": true, "GetTypeSupport": true, "CheckBounds": true}
	names := map[*field]string{}
	for _, f := range d.Fields {
		names[f] = used.take(camelCase(f.Name))
	}
	return names
}

// camelCase turns frame_id into FrameId.
func camelCase(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

var (
	wordStart    = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	wordBoundary = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// headerName returns the name of the C header of a type, as rosidl makes it:
// camera_info for CameraInfo, nav_sat_fix for NavSatFix.
func headerName(s string) string {
	s = wordStart.ReplaceAllString(s, "${1}_${2}")
	return strings.ToLower(wordBoundary.ReplaceAllString(s, "${1}_${2}"))
}

// cField returns the name by which cgo knows the field of a C struct: names
// that are keywords in Go get an underscore in front.
func cField(name string) string {
	switch name {
	case "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go",
		"goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var":
		return "_" + name
	}
	return name
}
