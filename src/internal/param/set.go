package param

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Set holds a valid value for every parameter of a table. It does not change:
// [Set.With] makes another one. The zero Set has no parameters.
type Set struct {
	table  *Table
	values []Value // in the order of the table
}

// Table returns the table that the set is of.
func (s Set) Table() *Table { return s.table }

// Value returns the parameter's value. Like the methods for each kind it panics,
// naming the parameter, when the name is not declared.
func (s Set) Value(name string) Value {
	if s.table != nil {
		if i, ok := s.table.index[name]; ok {
			return s.values[i]
		}
	}
	panic(fmt.Sprintf("param: %q is not declared", name))
}

// value returns the parameter's value and panics when it is not of the kind.
func (s Set) value(name string, want Kind) Value {
	v := s.Value(name)
	if v.Kind() != want {
		panic(fmt.Sprintf("param: %q is declared as %s, not %s", name, v.Kind(), want))
	}
	return v
}

// Bool returns the value of a bool parameter.
func (s Set) Bool(name string) bool { return s.value(name, KindBool).Bool() }

// Int returns the value of an integer parameter.
func (s Set) Int(name string) int64 { return s.value(name, KindInteger).Int() }

// Double returns the value of a double parameter.
func (s Set) Double(name string) float64 { return s.value(name, KindDouble).Double() }

// String returns the value of a string parameter.
func (s Set) String(name string) string { return s.value(name, KindString).Text() }

// Bools returns a copy of the value of a bool_array parameter.
func (s Set) Bools(name string) []bool { return s.value(name, KindBoolArray).Bools() }

// Ints returns a copy of the value of an integer_array parameter.
func (s Set) Ints(name string) []int64 { return s.value(name, KindIntegerArray).Ints() }

// Doubles returns a copy of the value of a double_array parameter.
func (s Set) Doubles(name string) []float64 { return s.value(name, KindDoubleArray).Doubles() }

// Strings returns a copy of the value of a string_array parameter.
func (s Set) Strings(name string) []string { return s.value(name, KindStringArray).Texts() }

// With returns the set with the given parameters changed, all of them or, with
// an error that joins an [*Error] for each that was refused, none. Read-only
// parameters are refused, as by rclcpp even with the value that they have.
func (s Set) With(changes map[string]Value) (Set, error) {
	if s.table == nil && len(changes) > 0 {
		return Set{}, errors.New("param: change of a set without table")
	}
	changed := Set{table: s.table, values: slices.Clone(s.values)}
	var refused []error
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if len(refused) == MaxTold {
			refused = append(refused, errors.New("what comes after it was not looked at"))
			break
		}
		if d := s.table.Lookup(name); d != nil && d.keeps(changes[name]) {
			continue
		}
		value, err := s.table.Validate(name, changes[name])
		if err == nil && s.table.Lookup(name).ReadOnly {
			err = &Error{Parameter: name, Reason: "read-only: it can be given at start only"}
		}
		if err != nil {
			refused = append(refused, err)
			continue
		}
		changed.values[s.table.index[name]] = value
	}
	if refused != nil {
		return s, errors.Join(refused...)
	}
	if s.table != nil && s.table.check != nil {
		if err := s.table.check(changed); err != nil {
			return s, err
		}
	}
	return changed, nil
}

// Rebase returns the values in another table, with its defaults for those that it refuses.
func (s Set) Rebase(table *Table) Set {
	if s.table == table {
		return s
	}
	rebased := table.Defaults()
	for i := range table.declarations {
		d := &table.declarations[i]
		if s.table == nil || s.table.Lookup(d.Name) == nil {
			continue
		}
		if value, err := d.validate(s.Value(d.Name)); err == nil {
			rebased.values[i] = value
		}
	}
	return rebased
}

// Track returns the set with the tracked parameters of another set of the same
// table.
func (s Set) Track(inForce Set) Set {
	tracked := Set{table: s.table, values: slices.Clone(s.values)}
	for i := range s.table.declarations {
		if s.table.declarations[i].Tracked {
			tracked.values[i] = inForce.values[i]
		}
	}
	return tracked
}

// Overlay returns the set with the values in force in place of the requested ones, read-only
// ones included and without the table's check. Values that the table refuses are left out.
func (s Set) Overlay(values map[string]Value) Set {
	if len(values) == 0 {
		return s
	}
	overlaid := Set{table: s.table, values: slices.Clone(s.values)}
	for name, value := range values {
		if taken, err := s.table.Validate(name, value); err == nil {
			overlaid.values[s.table.index[name]] = taken
		}
	}
	return overlaid
}
