package node

import (
	"context"

	"av_capture/src/internal/param"
)

// Hooks are the parts of a node that Base calls.
type Hooks struct {
	Topics  []*Topic              // topics whose quality of service can be overridden
	Input   func(param.Set) Input // the input that the parameters name
	Ignored []string              // (optional) parameters that not every device has; no warning names them

	// Expects reports whether the device of these parameters will declare further
	// ones. Expecting is the reason why those are unknown before; it continues
	// "not declared: ". (optional)
	Expects   func(param.Set) bool
	Expecting string

	// Declared returns the table once the device has declared its parameters, nil
	// before, and InForce the device's values of them. (optional)
	Declared func() *param.Table
	InForce  func() map[string]param.Value

	// Report describes what the node did since the last report. The executor calls
	// it.
	Report func() Report

	// Begin is called with the start values of the node's own table, and sets the
	// fields of Topics that depend on them. (optional)
	Begin func(param.Set)

	// Apply puts parameters into force, as service.Backend has it.
	Apply func(ctx context.Context, asked param.Set) (remark string, err error)
}
