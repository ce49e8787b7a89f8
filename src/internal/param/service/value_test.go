package service

import (
	"math"
	"testing"

	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

func TestValuesSurviveTheirMessage(t *testing.T) {
	for _, value := range []param.Value{
		param.Bool(true), param.Int(math.MinInt64), param.Double(-0.5), param.String("a\nb"),
		param.Bytes(0, 255), param.Bools(true, false), param.Ints(1, -1), param.Doubles(0.5, 1e300),
		param.Strings("", "b"), param.Strings(), param.Ints(),
	} {
		message := toMessage(value)
		got, err := fromMessage(&message)
		if err != nil || !got.Equal(value) {
			t.Errorf("got %s %s, %v, want %s %s", got.Kind(), got, err, value.Kind(), value)
		}
	}
}

func TestAMessageWithoutValueIsRefused(t *testing.T) {
	for _, kind := range []uint8{0, 10, 255} {
		if got, err := fromMessage(&rcl_interfaces_msg.ParameterValue{Type: kind, IntegerValue: 1}); err == nil {
			t.Errorf("type %d: got %s, want an error", kind, got)
		}
	}
}
