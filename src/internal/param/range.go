package param

import (
	"fmt"
	"math"
)

// Range is an IntegerRange or a DoubleRange.
type Range interface {
	kind() Kind                  // of the values it limits
	verify() error               // returns an error if the range itself is wrong
	contains(element Value) bool // element has the kind
	String() string              // returns the allowed values, as in "1 to 255"
}

// IntegerRange limits an integer, or each integer of a list, to From ≤ v ≤ To
// and, where Step is not 0, to From + n·Step or To, as
// rcl_interfaces/msg/IntegerRange does. math.MinInt64 and math.MaxInt64 stand
// for no limit.
type IntegerRange struct{ From, To, Step int64 }

func (r IntegerRange) kind() Kind { return KindInteger }

func (r IntegerRange) verify() error {
	if r.From > r.To || r.Step < 0 {
		return fmt.Errorf("range %d to %d, step %d, is empty", r.From, r.To, r.Step)
	}
	return nil
}

func (r IntegerRange) contains(element Value) bool {
	v := element.Int()
	if v < r.From || v > r.To {
		return false
	}
	// The difference can exceed an int64, never a uint64.
	return r.Step == 0 || v == r.To || (uint64(v)-uint64(r.From))%uint64(r.Step) == 0
}

// String returns the allowed values, as in "1 to 255" or "at least 0".
func (r IntegerRange) String() string {
	return limits(fmt.Sprint(r.From), fmt.Sprint(r.To), r.From != math.MinInt64, r.To != math.MaxInt64,
		fmt.Sprint(r.Step), r.Step != 0)
}

// DoubleRange limits a double, or each double of a list, to From ≤ v ≤ To and,
// where Step is not 0, to From + n·Step or To, as
// rcl_interfaces/msg/FloatingPointRange does. The infinities stand for no
// limit; they do not make infinity a valid value.
type DoubleRange struct{ From, To, Step float64 }

func (r DoubleRange) kind() Kind { return KindDouble }

func (r DoubleRange) verify() error {
	if !(r.From <= r.To) || !(r.Step >= 0) {
		return fmt.Errorf("range %g to %g, step %g, is empty", r.From, r.To, r.Step)
	}
	return nil
}

func (r DoubleRange) contains(element Value) bool {
	v := element.Double()
	if nearlyEqual(v, r.From) || nearlyEqual(v, r.To) {
		return true
	}
	if !(v >= r.From && v <= r.To) {
		return false
	}
	return r.Step == 0 || nearlyEqual(v, r.From+math.Round((v-r.From)/r.Step)*r.Step)
}

// nearlyEqual allows the same relative rounding error, 100 units in the last
// place of the sum, that rclcpp allows at the ends of a range and on its steps.
func nearlyEqual(x, y float64) bool {
	if math.IsInf(x, 0) || math.IsInf(y, 0) {
		return x == y
	}
	const epsilon = 0x1p-52
	return math.Abs(x-y) <= 2*100*epsilon*math.Abs(x/2+y/2) // halves, lest the sum overflows
}

// String returns the allowed values, as in "0.5 to 120.0".
func (r DoubleRange) String() string {
	return limits(doubleText(r.From), doubleText(r.To), !math.IsInf(r.From, -1), !math.IsInf(r.To, 1),
		doubleText(r.Step), r.Step != 0)
}

func limits(from, to string, hasFrom, hasTo bool, step string, hasStep bool) string {
	var text string
	switch {
	case hasFrom && hasTo:
		text = from + " to " + to
	case hasFrom:
		text = "at least " + from
	case hasTo:
		text = "at most " + to
	default:
		text = "any"
	}
	if hasStep {
		text += " in steps of " + step
	}
	return text
}
