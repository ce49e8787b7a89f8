package gogen

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeCGOFlags writes the flags that compile and link the bindings of the
// selected packages, as lines that a shell can source.
func (g *generator) writeCGOFlags() error {
	if g.options.CGOFlagsPath == "" {
		return nil
	}
	content := g.cgoFlags()
	if g.options.CGOFlagsPath == "-" {
		_, err := os.Stdout.WriteString(content)
		return err
	}
	return os.WriteFile(g.options.CGOFlagsPath, []byte(content), 0o666)
}

func (g *generator) cgoFlags() string {
	var includes, folders, libraries []string
	add := func(list *[]string, flag string) {
		if !slices.Contains(*list, flag) {
			*list = append(*list, flag)
		}
	}
	for _, name := range sortedKeys(g.parsed) {
		prefix := g.parsed[name].Prefix
		if prefix == "" {
			continue // a source folder has neither headers nor libraries
		}
		add(&folders, "-L"+filepath.Join(prefix, "lib"))
		add(&libraries, "-l"+name+"__rosidl_typesupport_c")
		add(&libraries, "-l"+name+"__rosidl_generator_c")
	}
	for _, root := range g.options.RootPaths {
		// Headers of one package include those of others that it does not name as
		// fields, of service_msgs say, hence all.
		found, _ := filepath.Glob(filepath.Join(escapeGlob(root), "include", "*"))
		for _, folder := range found {
			if info, err := os.Stat(folder); err == nil && info.IsDir() {
				add(&includes, "-I"+folder)
			}
		}
	}
	return fmt.Sprintf("CGO_CFLAGS=%q\nCGO_LDFLAGS=%q\n",
		strings.Join(includes, " "), strings.Join(append(folders, libraries...), " "))
}
