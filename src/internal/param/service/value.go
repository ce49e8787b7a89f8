package service

import (
	"fmt"

	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

// toMessage converts a value to its message.
func toMessage(v param.Value) rcl_interfaces_msg.ParameterValue {
	m := rcl_interfaces_msg.ParameterValue{Type: uint8(v.Kind())}
	switch v.Kind() {
	case param.KindBool:
		m.BoolValue = v.Bool()
	case param.KindInteger:
		m.IntegerValue = v.Int()
	case param.KindDouble:
		m.DoubleValue = v.Double()
	case param.KindString:
		m.StringValue = v.Text()
	case param.KindByteArray:
		m.ByteArrayValue = v.Bytes()
	case param.KindBoolArray:
		m.BoolArrayValue = v.Bools()
	case param.KindIntegerArray:
		m.IntegerArrayValue = v.Ints()
	case param.KindDoubleArray:
		m.DoubleArrayValue = v.Doubles()
	case param.KindStringArray:
		m.StringArrayValue = v.Texts()
	}
	return m
}

// masked returns a parameter's value without passwords.
func masked(values param.Set, name string) param.Value {
	return values.Table().Lookup(name).Masked(values.Value(name))
}

// fromMessage is the reverse of toMessage. It reads the field of the type alone.
func fromMessage(m *rcl_interfaces_msg.ParameterValue) (param.Value, error) {
	switch param.Kind(m.Type) {
	case param.KindNotSet:
		return param.Value{}, fmt.Errorf("got no value: a parameter cannot be undeclared")
	case param.KindBool:
		return param.Bool(m.BoolValue), nil
	case param.KindInteger:
		return param.Int(m.IntegerValue), nil
	case param.KindDouble:
		return param.Double(m.DoubleValue), nil
	case param.KindString:
		return param.String(m.StringValue), nil
	case param.KindByteArray:
		return param.Bytes(m.ByteArrayValue...), nil
	case param.KindBoolArray:
		return param.Bools(m.BoolArrayValue...), nil
	case param.KindIntegerArray:
		return param.Ints(m.IntegerArrayValue...), nil
	case param.KindDoubleArray:
		return param.Doubles(m.DoubleArrayValue...), nil
	case param.KindStringArray:
		return param.Strings(m.StringArrayValue...), nil
	}
	return param.Value{}, fmt.Errorf("got a value of the unknown type %d", m.Type)
}
