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
	foreign      []string
	superseded   map[string]func(Value) string
	expecting    string
}

// Option is a property of a Table that most tables do not need.
type Option func(*Table)

// WithCheck gives a check of parameters against each other. It is called with
// values that are each valid by themselves; its error names the parameters that
// do not fit together and says what to change.
func WithCheck(check func(Set) error) Option {
	return func(t *Table) { t.check = check }
}

// WithForeign names parameters that other code of the node declares, so that no
// user is warned of them: whole names, or with a dot at the end everything below
// it, as in "qos_overrides.".
func WithForeign(names ...string) Option {
	return func(t *Table) { t.foreign = append(t.foreign, names...) }
}

// WithSuperseded names parameters of other programs that the node does without,
// so that files made for those serve it too. Each function says why a value has
// no effect, of which the user is warned; nothing where there is no need for it.
func WithSuperseded(why map[string]func(Value) string) Option {
	return func(t *Table) { t.superseded = why }
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
	extended.check, extended.foreign, extended.expecting, extended.superseded = t.check, t.foreign, t.expecting, t.superseded
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

// Accepts says what is wrong with a declaration that would be added to the
// table.
func (t *Table) Accepts(d *Declaration) error {
	if t.Lookup(d.Name) != nil {
		return errors.New("declared twice")
	}
	return d.verify()
}

// Foreign returns a table that knows of foreign names (see [WithForeign]) only
// the given ones, and else is as t.
func (t *Table) Foreign(names ...string) *Table {
	copied := *t
	copied.foreign = names
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

// Validate returns the value that the parameter takes when it is given value:
// value itself, or the choice that an alias stands for. It fails with an
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

// expects says whether a parameter of this name may be added. What will be added
// belongs to no group.
func (t *Table) expects(name string) bool {
	return t.expecting != "" && !strings.Contains(name, ".")
}

// knows says whether the node has a parameter of this name.
func (t *Table) knows(name string) bool {
	if t.Lookup(name) != nil || t.expects(name) || t.superseded[name] != nil {
		return true
	}
	for _, foreign := range t.foreign {
		if name == foreign || strings.HasSuffix(foreign, ".") && strings.HasPrefix(name, foreign) {
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
// values it is what the table's check says. Warnings name parameters that are
// given to exactly this node, not by a wildcard, and are not declared, those
// that are superseded, and values that another section of the same node hides.
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
		value, err := d.validate(override.Value)
		if err != nil {
			refused = append(refused, &Error{Parameter: d.Name, Node: node, Origin: override.Origin, Reason: err.Error()})
			continue
		}
		set.values[i] = value
	}
	warnings := slices.Concat(t.Unknown(node, overrides), t.unneeded(node, given), t.hidden(node, overrides))
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
