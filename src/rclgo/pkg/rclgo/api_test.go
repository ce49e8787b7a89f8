package rclgo_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTableOfTheAPIIsThatOfTheSource: API.md compares the exported names with
// upstream's.
func TestTableOfTheAPIIsThatOfTheSource(t *testing.T) {
	text, err := os.ReadFile("../../API.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(text), "\n## ")[1:]
	if len(sections) != 3 {
		t.Fatalf("API.md has %d sections, want 3", len(sections))
	}
	for _, section := range sections {
		name, _, _ := strings.Cut(section, "\n")
		t.Run(name, func(t *testing.T) {
			told, absent := namesOfTable(t, section)
			exported := exportedNames(t, filepath.Join("../..", name))
			for _, name := range exported {
				if !slices.Contains(told, name) {
					t.Errorf("the table lacks %s", name)
				}
				if slices.Contains(absent, name) {
					t.Errorf("%s is in the column of what is absent", name)
				}
			}
			for i, name := range told {
				if !slices.Contains(exported, name) {
					t.Errorf("the table has %s, which is not exported", name)
				}
				if slices.Contains(told[:i], name) {
					t.Errorf("the table has %s twice", name)
				}
			}
		})
	}
}

var (
	tableHead = regexp.MustCompile(`^\*\*(\w+)\*\*$`)
	tableName = regexp.MustCompile("`([^`]+)`")
)

// namesOfTable returns the names that a table lists as present, and those that
// upstream alone has.
func namesOfTable(t *testing.T, table string) (here, absent []string) {
	t.Helper()
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		head := tableHead.FindStringSubmatch(strings.TrimSpace(cells[0]))
		if head == nil {
			continue
		}
		if len(cells) != 5 {
			t.Fatalf("the row %s has %d cells, want 5", head[1], len(cells))
		}
		for column, cell := range cells[1:] {
			for _, found := range tableName.FindAllStringSubmatch(cell, -1) {
				name := found[1]
				if strings.HasPrefix(name, ".") {
					name = head[1] + name
				}
				if column < 3 {
					here = append(here, name)
				} else {
					absent = append(absent, name)
				}
			}
		}
	}
	return here, absent
}

// exportedNames returns the functions, types, constants and variables of a package,
// and methods and fields as Type.Name, with those of embedded types that are not
// exported.
func exportedNames(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	members := map[string][]string{}  // of types
	embedded := map[string][]string{} // types in types
	var names []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names = append(names, d.Name.Name)
				} else {
					owner := typeName(d.Recv.List[0].Type)
					members[owner] = append(members[owner], d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.ValueSpec:
						for _, name := range s.Names {
							names = append(names, name.Name)
						}
					case *ast.TypeSpec:
						names = append(names, s.Name.Name)
						if s.Assign.IsValid() {
							continue // its fields are part of the type's text
						}
						for _, field := range fieldsOf(s.Type) {
							for _, name := range field.Names {
								members[s.Name.Name] = append(members[s.Name.Name], name.Name)
							}
							if len(field.Names) == 0 {
								embedded[s.Name.Name] = append(embedded[s.Name.Name], typeName(field.Type))
							}
						}
					}
				}
			}
		}
	}
	for _, owner := range slices.Clone(names) {
		for _, inner := range embedded[owner] {
			for _, member := range members[inner] {
				if member != "Error" { // which every error type has
					members[owner] = append(members[owner], member)
				}
			}
		}
		for _, member := range members[owner] {
			if ast.IsExported(owner) && ast.IsExported(member) {
				names = append(names, owner+"."+member)
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !ast.IsExported(name) })
	slices.Sort(names)
	return slices.Compact(names)
}

// fieldsOf returns the fields of a struct, or the methods of an interface.
func fieldsOf(expression ast.Expr) []*ast.Field {
	switch t := expression.(type) {
	case *ast.StructType:
		return t.Fields.List
	case *ast.InterfaceType:
		return t.Methods.List
	}
	return nil
}

// typeName returns the name of a type, or of the type that it points to.
func typeName(expression ast.Expr) string {
	if star, ok := expression.(*ast.StarExpr); ok {
		expression = star.X
	}
	if name, ok := expression.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
