package gogen

import (
	"fmt"
	"go/format"
	"path"
	"strings"
	"text/template"
)

// file is a Go file in the making.
type file struct {
	g       *generator
	pkg     string            // ROS package of the file
	dir     string            // "msg" or "srv"
	imports map[string]string // name by path, empty where the path says it
}

func (g *generator) newFile(pkg, dir string) *file {
	return &file{g: g, pkg: pkg, dir: dir, imports: map[string]string{}}
}

// use imports a package of rclgo or of the standard library.
func (f *file) use(importPath string) {
	f.imports[importPath] = ""
}

// useRclgo imports a package below the module rclgo.
func (f *file) useRclgo(name string) {
	f.use(path.Join(f.g.options.RclgoImportPath, "pkg", name))
}

// qualify returns name as the file has to write it, name being one of the
// generated package for the messages of pkg.
func (f *file) qualify(pkg, name string) string {
	if pkg == f.pkg && f.dir == "msg" {
		return name
	}
	goName := pkg + "_msg"
	f.imports[path.Join(f.g.options.MessageModulePrefix, pkg, "msg")] = goName
	return goName + "." + name
}

// render executes the template with data and puts the beginning of every file in
// front.
func (f *file) render(t *template.Template, data any, headers ...string) ([]byte, error) {
	var body strings.Builder
	if err := t.Execute(&body, data); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(marker + "\n")
	fmt.Fprintf(&b, "package %s_%s\n\n", f.pkg, f.dir)
	for _, header := range headers {
		fmt.Fprintf(&b, "// #include <%s>\n", header)
	}
	b.WriteString("import \"C\"\n\nimport (\n")
	for _, standard := range []bool{true, false} {
		for _, importPath := range sortedKeys(f.imports) {
			if isStandard(importPath) == standard {
				fmt.Fprintf(&b, "%s %q\n", f.imports[importPath], importPath)
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(")\n")
	b.WriteString(body.String())
	source, err := format.Source([]byte(b.String()))
	if err != nil {
		return nil, fmt.Errorf("generated code: %w", err)
	}
	return source, nil
}

// isStandard reports whether an import is of the standard library.
func isStandard(importPath string) bool {
	switch importPath {
	case "context", "fmt", "math", "unicode/utf16", "unsafe":
		return true
	}
	return false
}
