package gogen

import "text/template"

// serviceTemplate is the template of a service's code besides its messages.
var serviceTemplate = template.Must(template.New("service").Parse(`
func init() {
	typemap.RegisterService("{{.Package}}/{{.Name}}", {{.N.TypeSupport}})
	typemap.RegisterService("{{.ROSName}}", {{.N.TypeSupport}})
}

// {{.N.TypeSupport}} describes the ROS service {{.ROSName}}.
var {{.N.TypeSupport}} types.ServiceTypeSupport = {{.N.TypeSupportType}}{}

type {{.N.TypeSupportType}} struct{}

// Request returns {{.Request.TypeSupport}}.
func (s {{.N.TypeSupportType}}) Request() types.MessageTypeSupport {
	return {{.Request.TypeSupport}}
}

// Response returns {{.Response.TypeSupport}}.
func (s {{.N.TypeSupportType}}) Response() types.MessageTypeSupport {
	return {{.Response.TypeSupport}}
}

// TypeSupport returns the *C.rosidl_service_type_support_t of {{.ROSName}}.
func (s {{.N.TypeSupportType}}) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.rosidl_typesupport_c__get_service_type_support_handle__{{.C}}())
}

// {{.N.Client}} calls a {{.ROSName}} service.
type {{.N.Client}} struct {
	*rclgo.Client
}

// {{.N.NewClient}} creates a client. options may be nil for the defaults; else
// it must not be modified afterwards.
func {{.N.NewClient}}(node *rclgo.Node, serviceName string, options *rclgo.ClientOptions) (*{{.N.Client}}, error) {
	client, err := node.NewClient(serviceName, {{.N.TypeSupport}}, options)
	if err != nil {
		return nil, err
	}
	return &{{.N.Client}}{client}, nil
}

// Send sends a request and waits for its response, until ctx is done. The
// client must be spun meanwhile.
func (s *{{.N.Client}}) Send(ctx context.Context, req *{{.Request.Type}}) (*{{.Response.Type}}, *rclgo.ServiceInfo, error) {
	msg, info, err := s.Client.Send(ctx, req)
	if err != nil {
		return nil, info, err
	}
	resp, ok := msg.(*{{.Response.Type}})
	if !ok {
		return nil, info, fmt.Errorf("{{.ROSName}}: response is a %T", msg)
	}
	return resp, info, nil
}

// {{.N.ResponseSender}} sends the response to one request.
type {{.N.ResponseSender}} struct {
	sender rclgo.ServiceResponseSender
}

// SendResponse sends a copy of resp.
func (s {{.N.ResponseSender}}) SendResponse(resp *{{.Response.Type}}) error {
	return s.sender.SendResponse(resp)
}

// {{.N.RequestHandler}} gets a request of its own. The response may be sent
// from it or later.
type {{.N.RequestHandler}} func(*rclgo.ServiceInfo, *{{.Request.Type}}, {{.N.ResponseSender}})

// {{.N.Service}} serves a {{.ROSName}} service.
type {{.N.Service}} struct {
	*rclgo.Service
}

// {{.N.NewService}} creates a service. options may be nil for the defaults;
// else it must not be modified afterwards.
func {{.N.NewService}}(node *rclgo.Node, name string, options *rclgo.ServiceOptions, handler {{.N.RequestHandler}}) (*{{.N.Service}}, error) {
	handle := func(info *rclgo.ServiceInfo, msg types.Message, sender rclgo.ServiceResponseSender) {
		handler(info, msg.(*{{.Request.Type}}), {{.N.ResponseSender}}{sender})
	}
	service, err := node.NewService(name, {{.N.TypeSupport}}, options, handle)
	if err != nil {
		return nil, err
	}
	return &{{.N.Service}}{service}, nil
}
`))

// renderService returns the Go file of a service.
func (g *generator) renderService(s *service) ([]byte, error) {
	f := g.newFile(s.Package, "srv")
	for _, name := range []string{"context", "fmt", "unsafe"} {
		f.use(name)
	}
	for _, name := range []string{"rclgo", "rclgo/typemap", "rclgo/types"} {
		f.useRclgo(name)
	}
	return f.render(serviceTemplate, struct {
		Package, Name, ROSName, C string
		N                         *serviceNames
		Request, Response         *messageNames
	}{
		s.Package, s.Name, s.rosName(), s.cName(),
		g.serviceNames[s], g.messageNames[s.Request], g.messageNames[s.Response],
	}, s.Package+"/srv/"+headerName(s.Name)+".h")
}
