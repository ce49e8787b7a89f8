package node

import "av_capture/src/internal/param"

// pprofPort declares the port at which the process can be profiled. Nodes with the
// same port share it.
var pprofPort = param.Declaration{
	Name:        "pprof_port",
	Default:     param.Int(0),
	Description: "Port on 127.0.0.1 at which `go tool pprof` finds this process; 0 for none.",
	Range:       param.IntegerRange{From: 0, To: 65535},
	ReadOnly:    true,
}

// ProfilingPort returns the value of pprof_port, 0 for none.
func (b *Base) ProfilingPort() int { return int(b.parameters.Values().Int(pprofPort.Name)) }
