package documents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// keyed returns the value of Key in a literal of diagnostic_msgs/KeyValue, nil if it is
// none.
func keyed(n ast.Node) ast.Expr {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	if selector, ok := literal.Type.(*ast.SelectorExpr); !ok || selector.Sel.Name != "KeyValue" {
		return nil
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Key" {
				return pair.Value
			}
		}
	}
	return nil
}

// adder returns the name of a function that makes a KeyValue whose Key is its first
// parameter, empty if it is none.
func adder(f *ast.FuncDecl) string {
	if f.Body == nil || f.Type.Params.NumFields() == 0 || len(f.Type.Params.List[0].Names) == 0 {
		return ""
	}
	name := ""
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if key, ok := keyed(n).(*ast.Ident); ok && key.Name == f.Type.Params.List[0].Names[0].Name {
			name = f.Name.Name
		}
		return true
	})
	return name
}

// keys returns, sorted, the keys of diagnostics that the nodes may publish: the string
// literals that become the Key of a KeyValue.
func keys(t *testing.T) []string {
	t.Helper()
	var files []*ast.File
	err := filepath.WalkDir("../node", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var adders []string
	for _, file := range files {
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok {
				if name := adder(f); name != "" {
					adders = append(adders, name)
				}
			}
		}
	}
	var found []string
	note := func(e ast.Expr) {
		if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if key, err := strconv.Unquote(literal.Value); err == nil {
				found = append(found, key)
			}
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if key := keyed(n); key != nil {
				note(key)
			}
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
				if function, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(adders, function.Sel.Name) {
					note(call.Args[0])
				}
			}
			return true
		})
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestDocumentListsEveryKeyOfDiagnostics(t *testing.T) {
	var listed []string
	for _, row := range rows(t, diagnostics, "## Values") {
		listed = append(listed, codes(row[0])...)
		if node := row[1]; node != "both" && node != "camera" && node != "microphone" {
			t.Errorf("%s: %s is of %q, want camera, microphone or both", diagnostics, row[0], node)
		}
	}
	slices.Sort(listed)
	if diff := cmp.Diff(keys(t), listed); diff != "" {
		t.Errorf("%s lists other keys than the nodes publish (-nodes +document):\n%s", diagnostics, diff)
	}
}
