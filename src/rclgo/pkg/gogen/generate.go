package gogen

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Options selects the packages and places of a run.
type Options struct {
	// RootPaths are installation prefixes, as in AMENT_PREFIX_PATH, and source
	// folders of packages. Of packages of one name the first found counts.
	RootPaths []string

	// DestPath is the folder that the bindings are written into, as
	// <package>/msg/<Name>.gen.go and <package>/srv/<Name>.gen.go. Generated
	// files there that this run does not write are removed.
	DestPath string

	// MessageModulePrefix is the import path of DestPath.
	MessageModulePrefix string

	// RclgoImportPath is the import path of the module rclgo.
	RclgoImportPath string

	// IncludePackages selects packages whose names match. IncludePackageDeps
	// selects packages by name. The dependencies of selected packages are
	// selected too, since bindings need them to compile. IncludeMessages selects
	// single messages, as "package/Name", and those that they are made of, of
	// packages of which not all is wanted. If all three are empty, all packages are
	// selected.
	IncludePackages    []*regexp.Regexp
	IncludePackageDeps []string
	IncludeMessages    []string

	// CGOFlagsPath is a file that the C compiler's and linker's flags for the
	// selected packages are written to, as CGO_CFLAGS and CGO_LDFLAGS. "-" is
	// the standard output. If it is empty, they are not written.
	CGOFlagsPath string
}

// Generate writes the bindings. If it finds errors in interface files, it writes
// nothing and returns all of them, joined, each with its file and line.
func Generate(o Options) error {
	g := &generator{options: o, parsed: map[string]*rosPackage{}, byName: map[string]*definition{}}
	if err := g.load(); err != nil {
		return err
	}
	if err := g.resolve(); err != nil {
		return err
	}
	files, err := g.render()
	if err != nil {
		return err
	}
	if err := writeFiles(o.DestPath, files); err != nil {
		return err
	}
	return g.writeCGOFlags()
}

// generator is one run.
type generator struct {
	options Options
	parsed  map[string]*rosPackage
	byName  map[string]*definition // messages by "package/Name"

	messageNames map[*definition]*messageNames
	serviceNames map[*service]*serviceNames
	bounds       map[*definition]bool // whether CheckBounds is generated
}

// load finds the selected packages and their dependencies, and reads them.
func (g *generator) load() error {
	found, err := findPackages(g.options.RootPaths)
	if err != nil {
		return err
	}
	selected, err := g.selectPackages(found)
	if err != nil {
		return err
	}
	var errs []error
	for len(selected) > 0 {
		name := selected[0]
		selected = selected[1:]
		p := found[name]
		if p == nil || g.parsed[name] != nil {
			continue // one that is missing is reported with the field that wants it
		}
		g.parsed[name] = p
		if err := p.parse(); err != nil {
			errs = append(errs, err)
		}
		for _, d := range p.Messages {
			g.byName[d.Package+"/"+d.Name] = d
		}
		for _, d := range p.definitions() {
			for _, f := range d.Fields {
				if f.Type.nested() {
					selected = append(selected, f.Type.Package)
				}
			}
		}
	}
	whole := maps.Clone(g.parsed)
	for _, message := range g.options.IncludeMessages {
		pkg, name, _ := strings.Cut(message, "/")
		if found[pkg] == nil || found[pkg].messages[name] == "" {
			return fmt.Errorf("rclgo-gen: --include-message %s: want a file %s/msg/%s.msg under %s",
				message, pkg, name, strings.Join(g.options.RootPaths, ", "))
		}
		if err := g.loadMessage(found, whole, pkg, name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// loadMessage reads a message and those that it is made of. Those of whole packages are read.
func (g *generator) loadMessage(found, whole map[string]*rosPackage, pkg, name string) error {
	p := found[pkg]
	if whole[pkg] != nil || p == nil || p.messages[name] == "" || g.byName[pkg+"/"+name] != nil {
		return nil
	}
	g.parsed[pkg] = p
	d, err := p.parseMessage(name)
	if err != nil {
		return err
	}
	g.byName[pkg+"/"+name] = d
	var errs []error
	for _, f := range d.Fields {
		if f.Type.nested() {
			errs = append(errs, g.loadMessage(found, whole, f.Type.Package, f.Type.Message))
		}
	}
	return errors.Join(errs...)
}

func (g *generator) selectPackages(found map[string]*rosPackage) ([]string, error) {
	all := sortedKeys(found)
	if len(g.options.IncludePackages)+len(g.options.IncludePackageDeps)+len(g.options.IncludeMessages) == 0 {
		if len(all) == 0 {
			return nil, fmt.Errorf("rclgo-gen: no package with messages or services under %s", strings.Join(g.options.RootPaths, ", "))
		}
		return all, nil
	}
	var selected []string
	for _, re := range g.options.IncludePackages {
		n := len(selected)
		for _, name := range all {
			if re.MatchString(name) {
				selected = append(selected, name)
			}
		}
		if len(selected) == n {
			return nil, fmt.Errorf("rclgo-gen: --include-package %s matches no package with messages or services under %s",
				re, strings.Join(g.options.RootPaths, ", "))
		}
	}
	for _, name := range g.options.IncludePackageDeps {
		if found[name] == nil {
			return nil, fmt.Errorf("rclgo-gen: --include-package-deps %s: no such package with messages or services under %s",
				name, strings.Join(g.options.RootPaths, ", "))
		}
		selected = append(selected, name)
	}
	return selected, nil
}

// resolve checks that nested messages exist, and chooses Go names.
func (g *generator) resolve() error {
	var errs []error
	g.messageNames = map[*definition]*messageNames{}
	g.serviceNames = map[*service]*serviceNames{}
	g.bounds = map[*definition]bool{}
	for _, name := range sortedKeys(g.parsed) {
		p := g.parsed[name]
		for _, d := range p.definitions() {
			for _, f := range d.Fields {
				if f.Type.nested() && g.nested(f) == nil {
					errs = append(errs, fmt.Errorf("%s:%d: field %s: no message %s/%s: want a file %s/msg/%s.msg under one of the root paths",
						d.File, f.Line, f.Name, f.Type.Package, f.Type.Message, f.Type.Package, f.Type.Message))
				}
			}
		}
		for _, part := range []struct {
			definitions []*definition
			services    []*service
		}{{definitions: p.Messages}, {p.definitions()[len(p.Messages):], p.Services}} {
			messages, services := nameMessages(part.definitions, part.services)
			for d, n := range messages {
				g.messageNames[d] = n
			}
			for s, n := range services {
				g.serviceNames[s] = n
			}
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return g.findBounds()
}

// nested returns the message type of a field, nil for a primitive.
func (g *generator) nested(f *field) *definition {
	return g.byName[f.Type.Package+"/"+f.Type.Message]
}

// findBounds finds the messages that have bounds, in themselves or in nested
// messages. A message that contains itself is an error.
func (g *generator) findBounds() error {
	done := map[*definition]bool{}
	var path []*definition
	var visit func(d *definition) error
	visit = func(d *definition) error {
		if slices.Contains(path, d) {
			return fmt.Errorf("%s: message %s contains itself", d.File, d.rosName())
		}
		if done[d] {
			return nil
		}
		path = append(path, d)
		for _, f := range d.Fields {
			if f.Type.nested() {
				n := g.nested(f)
				if err := visit(n); err != nil {
					return err
				}
				g.bounds[d] = g.bounds[d] || g.bounds[n]
			}
			if f.Type.StringBound > 0 || f.Type.Shape == bounded {
				g.bounds[d] = true
			}
		}
		path = path[:len(path)-1]
		done[d] = true
		return nil
	}
	for _, name := range sortedKeys(g.parsed) {
		for _, d := range g.parsed[name].definitions() {
			if err := visit(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// render returns the content of all files, by their paths under DestPath.
func (g *generator) render() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, p := range g.parsed {
		for _, d := range p.definitions() {
			content, err := g.renderMessage(d)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.File, err)
			}
			files[d.Package+"/"+d.Dir+"/"+d.Name+".gen.go"] = content
		}
		for _, s := range p.Services {
			content, err := g.renderService(s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.File, err)
			}
			files[s.Package+"/srv/"+s.Name+".gen.go"] = content
		}
	}
	return files, nil
}
