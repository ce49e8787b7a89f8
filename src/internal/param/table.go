package param

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Table is the ordered list of a node's parameters. It does not change after
// NewTable and may be used by many goroutines.
type Table struct {
	declarations []Declaration
	index        map[string]int // from the name to the position in declarations
	check        func(Set) error
	ignored      []string
	obsolete     map[string]func(Value) string
	expecting    string
}

// Option is a property of a Table that most tables do not need.
type Option func(*Table)

// WithCheck gives a check of parameters against each other. It is called with
// values that are each valid by themselves; its error names the parameters that contradict
// each other, and the change to make.
func WithCheck(check func(Set) error) Option {
	return func(t *Table) { t.check = check }
}

// WithIgnored names parameters that the table lacks and nobody is warned of, since other code
// of the node declares them: whole names, or with a dot at the end everything below, as in
// "qos_overrides.".
func WithIgnored(names ...string) Option {
	return func(t *Table) { t.ignored = append(t.ignored, names...) }
}

// WithObsolete names parameters of other programs that the node lacks, so that files made for
// those programs serve it, too. Each function returns why a value has no effect, for a
// warning, or "" for none.
func WithObsolete(why map[string]func(Value) string) Option {
	return func(t *Table) { t.obsolete = why }
}

// NewTable makes a table of declarations. It panics, naming the parameter, when
// a declaration contradicts itself, as by a default that is out of range.
func NewTable(declarations []Declaration, options ...Option) *Table {
	t := &Table{declarations: declarations, index: make(map[string]int)}
	for i := range t.declarations {
		d := &t.declarations[i]
		if err := d.verify(); err != nil {
			panic(fmt.Sprintf("param: declaration of %q: %v", d.Name, err))
		}
		if _, twice := t.index[d.Name]; twice {
			panic(fmt.Sprintf("param: declaration of %q: declared twice", d.Name))
		}
		t.index[d.Name] = i
	}
	for _, option := range options {
		option(t)
	}
	if t.check != nil {
		if err := t.check(t.Defaults()); err != nil {
			panic(fmt.Sprintf("param: the defaults contradict each other: %v", err))
		}
	}
	return t
}

// Extend returns a table that has further parameters before those of t, and else
// all that t has. It panics as NewTable does.
func (t *Table) Extend(declarations ...Declaration) *Table {
	extended := NewTable(slices.Concat(declarations, t.declarations))
	extended.check, extended.ignored, extended.expecting, extended.obsolete = t.check, t.ignored, t.expecting, t.obsolete
	return extended
}

// WithDefault returns a table in which a parameter has another default, and which
// else is as t. It panics as NewTable does, and where there is no such parameter.
func (t *Table) WithDefault(name string, value Value) *Table {
	copied := *t
	copied.declarations = slices.Clone(t.declarations)
	d := &copied.declarations[t.index[name]]
	if d.Name != name {
		panic(fmt.Sprintf("param: default of %q: not declared", name))
	}
	d.Default = value
	if err := d.verify(); err != nil {
		panic(fmt.Sprintf("param: default of %q: %v", name, err))
	}
	return &copied
}

// Expecting returns a table to which parameters will be added whose names are not
// known yet, and else is as t: nobody is warned that there is no such parameter.
// why continues the sentence "not declared: …" for those who want to set one.
func (t *Table) Expecting(why string) *Table {
	copied := *t
	copied.expecting = why
	return &copied
}

// Accepts returns an error for a declaration that could not be added to the table.
func (t *Table) Accepts(d *Declaration) error {
	if t.Lookup(d.Name) != nil {
		return errors.New("declared twice")
	}
	return d.verify()
}

// Ignoring returns a copy of t that ignores these names instead (see [WithIgnored]).
func (t *Table) Ignoring(names ...string) *Table {
	copied := *t
	copied.ignored = names
	return &copied
}

// Declarations returns the declarations in order. They must not be changed.
func (t *Table) Declarations() []Declaration { return t.declarations }

// Lookup returns the declaration of a name, or nil. It must not be changed.
func (t *Table) Lookup(name string) *Declaration {
	if i, ok := t.index[name]; ok {
		return &t.declarations[i]
	}
	return nil
}

// Defaults returns the default of every parameter.
func (t *Table) Defaults() Set {
	values := make([]Value, len(t.declarations))
	for i := range t.declarations {
		values[i] = t.declarations[i].Default
	}
	return Set{table: t, values: values}
}

// Validate returns the parameter's value for value: value itself, or the choice of an alias. It fails with an
// [*Error] when the name is not declared or the value not allowed. It does not
// look at ReadOnly.
func (t *Table) Validate(name string, value Value) (Value, error) {
	d := t.Lookup(name)
	if d == nil {
		if t.expects(name) {
			return Value{}, &Error{Parameter: name, Reason: "not declared: " + t.expecting}
		}
		return Value{}, &Error{Parameter: name, Reason: "not declared" + didYouMean(name, t.names())}
	}
	taken, err := d.validate(value)
	if err != nil {
		return Value{}, &Error{Parameter: name, Reason: err.Error()}
	}
	return taken, nil
}

// expects reports whether a parameter of this name may be added later. Such parameters belong
// to no group.
func (t *Table) expects(name string) bool {
	return t.expecting != "" && !strings.Contains(name, ".")
}

// knows reports whether the node has a parameter of this name, or ignores it.
func (t *Table) knows(name string) bool {
	if t.Lookup(name) != nil || t.expects(name) || t.obsolete[name] != nil {
		return true
	}
	for _, ignored := range t.ignored {
		if name == ignored || strings.HasSuffix(ignored, ".") && strings.HasPrefix(name, ignored) {
			return true
		}
	}
	return false
}

func (t *Table) names() []string {
	return each(t.declarations, func(d Declaration) string { return d.Name })
}

// Resolve returns the values that the node starts with, given by its fully
// qualified name after remapping: what overrides has for it, else the defaults.
//
// The error joins one [*Error] for each value that is not allowed; without such
// values it is the error of the table's check. Warnings name undeclared parameters
// that are given to exactly this node, not by a wildcard, obsolete ones, and values
// that another section of the same node shadows.
func (t *Table) Resolve(node string, overrides *Overrides) (Set, []Warning, error) {
	set := t.Defaults()
	given := overrides.For(node)
	var refused []error
	for i := range t.declarations {
		d := &t.declarations[i]
		override, ok := given[d.Name]
		if !ok {
			continue
		}
		value, err := d.take(override)
		if err != nil {
			refused = append(refused, &Error{Parameter: d.Name, Node: node, Origin: override.Origin, Reason: err.Error()})
			continue
		}
		set.values[i] = value
	}
	warnings := slices.Concat(t.Undeclared(node, overrides), t.obsoleteGiven(node, given), t.shadowed(node, overrides))
	if refused != nil {
		return Set{}, warnings, errors.Join(refused...)
	}
	if t.check != nil {
		if err := t.check(set); err != nil {
			return Set{}, warnings, fmt.Errorf("parameters of node %s: %w", node, err)
		}
	}
	return set, warnings, nil
}
