package service

import (
	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

// descriptor returns the descriptor of a declaration. It lacks the default alone.
func descriptor(d *param.Declaration) rcl_interfaces_msg.ParameterDescriptor {
	m := rcl_interfaces_msg.ParameterDescriptor{
		Name:                  d.Name,
		Type:                  uint8(d.Kind()),
		Description:           d.Description,
		AdditionalConstraints: d.Constraints(),
		ReadOnly:              d.ReadOnly,
	}
	switch limits := d.Range.(type) {
	case param.IntegerRange:
		m.IntegerRange = []rcl_interfaces_msg.IntegerRange{{
			FromValue: limits.From,
			ToValue:   limits.To,
			Step:      uint64(limits.Step),
		}}
	case param.DoubleRange:
		m.FloatingPointRange = []rcl_interfaces_msg.FloatingPointRange{{
			FromValue: limits.From,
			ToValue:   limits.To,
			Step:      limits.Step,
		}}
	}
	return m
}
