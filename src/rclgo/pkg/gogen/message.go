package gogen

import (
	"fmt"
	"strings"
	"text/template"
)

// messageTemplate is the template of a message's code. Names and statements come
// in ready.
var messageTemplate = template.Must(template.New("message").Parse(`
func init() {
	typemap.RegisterMessage("{{.Package}}/{{.Name}}", {{.N.TypeSupport}})
	typemap.RegisterMessage("{{.ROSName}}", {{.N.TypeSupport}})
}
{{with .Constants}}
// Constants of {{$.ROSName}}.
const (
{{range .}}{{.}}{{end}})
{{end}}
{{.Doc}}type {{.N.Type}} struct {
{{range .Fields}}{{.}}{{end}}}

// {{.N.New}} returns a new message with its defaults set.
func {{.N.New}}() *{{.N.Type}} {
	t := &{{.N.Type}}{}
	t.SetDefaults()
	return t
}

// Clone returns a deep copy.
func (t *{{.N.Type}}) Clone() *{{.N.Type}} {
	c := &{{.N.Type}}{}
{{.Clone}}	return c
}

// CloneMsg is Clone for code that does not know the type.
func (t *{{.N.Type}}) CloneMsg() types.Message {
	return t.Clone()
}

// SetDefaults gives every field its default, or the zero value if it has none.
func (t *{{.N.Type}}) SetDefaults() {
{{.SetDefaults}}}

// GetTypeSupport returns {{.N.TypeSupport}}.
func (t *{{.N.Type}}) GetTypeSupport() types.MessageTypeSupport {
	return {{.N.TypeSupport}}
}
{{if .HasBounds}}
// CheckBounds returns an error if a string or a sequence, or one of a nested
// message, is longer than its type allows. Strings are measured in bytes, wide
// strings in UTF-16 units. Publishing does not call it: it fails by itself if a
// sequence is too long, but a string that is too long is sent as it is.
func (t *{{.N.Type}}) CheckBounds() error {
{{.CheckBounds}}	return nil
}
{{end}}
// {{.N.Publisher}} is a publisher of {{.N.Type}} messages.
type {{.N.Publisher}} struct {
	*rclgo.Publisher
}

// {{.N.NewPublisher}} creates a publisher of {{.N.Type}} messages. options may
// be nil for the defaults; else it must not be modified afterwards.
func {{.N.NewPublisher}}(node *rclgo.Node, topic_name string, options *rclgo.PublisherOptions) (*{{.N.Publisher}}, error) {
	pub, err := node.NewPublisher(topic_name, {{.N.TypeSupport}}, options)
	if err != nil {
		return nil, err
	}
	return &{{.N.Publisher}}{pub}, nil
}

// Publish sends a copy of msg.
func (p *{{.N.Publisher}}) Publish(msg *{{.N.Type}}) error {
	return p.Publisher.Publish(msg)
}

// {{.N.Subscription}} is a subscription to {{.N.Type}} messages.
type {{.N.Subscription}} struct {
	*rclgo.Subscription
}

// {{.N.SubscriptionCallback}} gets a message of its own, and an error if
// taking it failed.
type {{.N.SubscriptionCallback}} func(msg *{{.N.Type}}, info *rclgo.MessageInfo, err error)

// {{.N.NewSubscription}} creates a subscription to {{.N.Type}} messages. opts
// may be nil for the defaults; else it must not be modified afterwards.
func {{.N.NewSubscription}}(node *rclgo.Node, topic_name string, opts *rclgo.SubscriptionOptions, subscriptionCallback {{.N.SubscriptionCallback}}) (*{{.N.Subscription}}, error) {
	take := func(s *rclgo.Subscription) {
		msg := &{{.N.Type}}{}
		info, err := s.TakeMessage(msg)
		subscriptionCallback(msg, info, err)
	}
	sub, err := node.NewSubscription(topic_name, {{.N.TypeSupport}}, opts, take)
	if err != nil {
		return nil, err
	}
	return &{{.N.Subscription}}{sub}, nil
}

// TakeMessage takes the next message into out.
func (s *{{.N.Subscription}}) TakeMessage(out *{{.N.Type}}) (*rclgo.MessageInfo, error) {
	return s.Subscription.TakeMessage(out)
}

// {{.N.CloneSlice}} stores deep copies of the messages of src in dst, which
// must be as long at least.
func {{.N.CloneSlice}}(dst, src []{{.N.Type}}) {
	for i := range src {
		dst[i] = *src[i].Clone()
	}
}

// {{.N.TypeSupport}} converts {{.N.Type}} from and to C.
var {{.N.TypeSupport}} types.MessageTypeSupport = {{.N.TypeSupportType}}{}

type {{.N.TypeSupportType}} struct{}

// New returns a new message with its defaults set.
func (t {{.N.TypeSupportType}}) New() types.Message {
	return {{.N.New}}()
}

// PrepareMemory returns an initialised *C.{{.C}}, which the caller gives back
// with ReleaseMemory.
func (t {{.N.TypeSupportType}}) PrepareMemory() unsafe.Pointer {
	mem := C.{{.C}}__create()
	if mem == nil {
		panic("{{.ROSName}}: no memory for a message")
	}
	return unsafe.Pointer(mem)
}

// ReleaseMemory frees a C struct of PrepareMemory and all that it owns.
func (t {{.N.TypeSupportType}}) ReleaseMemory(pointer_to_free unsafe.Pointer) {
	C.{{.C}}__destroy((*C.{{.C}})(pointer_to_free))
}

// AsCStruct copies msg, a *{{.N.Type}}, into the initialised C struct dst.
// What dst held is freed or overwritten.
func (t {{.N.TypeSupportType}}) AsCStruct(dst unsafe.Pointer, msg types.Message) {
{{with .AsCStruct}}	m := msg.(*{{$.N.Type}})
	mem := (*C.{{$.C}})(dst)
{{.}}{{end}}}

// AsGoStruct copies a C struct into msg, a *{{.N.Type}}, all fields of which are
// set. They share no memory afterwards.
func (t {{.N.TypeSupportType}}) AsGoStruct(msg types.Message, ros2_message_buffer unsafe.Pointer) {
{{with .AsGoStruct}}	m := msg.(*{{$.N.Type}})
	mem := (*C.{{$.C}})(ros2_message_buffer)
{{.}}{{end}}}

// TypeSupport returns the *C.rosidl_message_type_support_t of {{.ROSName}}.
func (t {{.N.TypeSupportType}}) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.rosidl_typesupport_c__get_message_type_support_handle__{{.C}}())
}

// {{.N.C}} is the C struct of {{.N.Type}}.
type {{.N.C}} = C.{{.C}}

// {{.N.CSequence}} is the C struct of a sequence of {{.N.Type}}.
type {{.N.CSequence}} = C.{{.C}}__Sequence

// {{.N.SequenceToGo}} sets goSlice to a copy of cSlice, nil if it is empty.
func {{.N.SequenceToGo}}(goSlice *[]{{.N.Type}}, cSlice {{.N.CSequence}}) {
	if cSlice.size == 0 {
		*goSlice = nil
		return
	}
	*goSlice = make([]{{.N.Type}}, int(cSlice.size))
	{{.N.ArrayToGo}}(*goSlice, unsafe.Slice(cSlice.data, int(cSlice.size)))
}

// {{.N.SequenceToC}} copies goSlice into the initialised cSlice, whose messages
// before are freed.
func {{.N.SequenceToC}}(cSlice *{{.N.CSequence}}, goSlice []{{.N.Type}}) {
	C.{{.C}}__Sequence__fini(cSlice)
	if !C.{{.C}}__Sequence__init(cSlice, C.size_t(len(goSlice))) {
		panic(fmt.Sprintf("{{.ROSName}}: no memory for a sequence of %d messages", len(goSlice)))
	}
	{{.N.ArrayToC}}(unsafe.Slice(cSlice.data, len(goSlice)), goSlice)
}

// {{.N.ArrayToGo}} copies cSlice into goSlice, as far as the shorter reaches.
func {{.N.ArrayToGo}}(goSlice []{{.N.Type}}, cSlice []{{.N.C}}) {
	for i := range min(len(goSlice), len(cSlice)) {
		{{.N.TypeSupport}}.AsGoStruct(&goSlice[i], unsafe.Pointer(&cSlice[i]))
	}
}

// {{.N.ArrayToC}} copies goSlice into the initialised cSlice, as far as the
// shorter reaches.
func {{.N.ArrayToC}}(cSlice []{{.N.C}}, goSlice []{{.N.Type}}) {
	for i := range min(len(cSlice), len(goSlice)) {
		{{.N.TypeSupport}}.AsCStruct(unsafe.Pointer(&cSlice[i]), &goSlice[i])
	}
}
`))

// renderMessage returns the Go file of a message.
func (g *generator) renderMessage(d *definition) ([]byte, error) {
	f := g.newFile(d.Package, d.Dir)
	for _, name := range []string{"fmt", "unsafe"} {
		f.use(name)
	}
	for _, name := range []string{"rclgo", "rclgo/typemap", "rclgo/types"} {
		f.useRclgo(name)
	}
	n := g.messageNames[d]
	names := nameFields(d)
	data := struct {
		Package, Name, ROSName, C, Doc  string
		N                               *messageNames
		Constants, Fields               []string
		Clone, SetDefaults, CheckBounds string
		AsCStruct, AsGoStruct           string
		HasBounds                       bool
	}{
		Package: d.Package, Name: d.Name, ROSName: d.rosName(), C: d.cName(), N: n, HasBounds: g.bounds[d],
		Doc: messageDoc(d, n),
	}
	for _, c := range d.Constants {
		data.Constants = append(data.Constants,
			docComment(c.Comment)+fmt.Sprintf("%s_%s %s = %s\n", d.Name, c.Name, c.Type.goT, c.Value.literal))
	}
	for _, fd := range d.Fields {
		w := &fieldWriter{file: f, field: fd, name: names[fd]}
		if fd.Type.nested() {
			w.nested = g.messageNames[g.nested(fd)]
		}
		data.Fields = append(data.Fields, docComment(fieldDoc(fd))+w.name+" "+w.goType()+"\n")
		data.Clone += w.clone()
		data.SetDefaults += w.setDefault()
		data.AsCStruct += w.toC()
		data.AsGoStruct += w.toGo()
		if data.HasBounds {
			data.CheckBounds += w.checkBounds(d, fd.Type.nested() && g.bounds[g.nested(fd)])
		}
	}
	header := headerName(strings.TrimSuffix(strings.TrimSuffix(d.Name, "_Request"), "_Response"))
	if d.Dir == "msg" {
		header = headerName(d.Name)
	}
	return f.render(messageTemplate, data, d.Package+"/"+d.Dir+"/"+header+".h")
}

func messageDoc(d *definition, n *messageNames) string {
	comment := []string{fmt.Sprintf("%s is the ROS message %s.", n.Type, d.rosName())}
	if own := tidyComment(d.Comment); len(own) > 0 {
		comment = append(append(comment, ""), own...)
	}
	return docComment(comment)
}

// fieldDoc returns the comment of a field, and the properties that its Go type
// lacks.
func fieldDoc(f *field) []string {
	comment := tidyComment(f.Comment)
	var more []string
	if f.Type.StringBound > 0 {
		unit := "bytes"
		if f.Type.Primitive.class == wideText {
			unit = "UTF-16 units"
		}
		more = append(more, fmt.Sprintf("A string has at most %d %s.", f.Type.StringBound, unit))
	}
	if f.Type.Shape == bounded {
		more = append(more, fmt.Sprintf("At most %d items.", f.Type.Size))
	}
	if len(comment) > 0 && len(more) > 0 {
		comment = append(comment, "")
	}
	return append(comment, more...)
}
