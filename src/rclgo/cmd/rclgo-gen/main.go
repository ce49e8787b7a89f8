// Command rclgo-gen generates Go bindings for the messages and services of ROS
// packages. See package gogen for its input and output.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/tiiuae/rclgo/pkg/gogen"
)

const usage = `Generates Go bindings for the messages and services of ROS packages.

Usage:
  rclgo-gen generate [flags]

rclgo-gen generate --help lists the flags.
`

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, output io.Writer) error {
	if len(args) == 0 {
		return errors.New("rclgo-gen: no command given: want generate; rclgo-gen help says more")
	}
	switch args[0] {
	case "generate":
		return generate(args[1:], output)
	case "help", "-h", "-help", "--help":
		fmt.Fprint(output, usage)
		return nil
	default:
		return fmt.Errorf("rclgo-gen: unknown command %q: want generate", args[0])
	}
}

// generate runs the command generate.
func generate(args []string, output io.Writer) error {
	options := gogen.Options{}
	flags := flag.NewFlagSet("rclgo-gen generate", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned
	addRoots := func(s string) error {
		for _, root := range filepath.SplitList(s) {
			if root != "" {
				options.RootPaths = append(options.RootPaths, root)
			}
		}
		return nil
	}
	const rootUsage = "installation `prefix`, or source folder of a package, to look for interfaces in, or a list of them as in PATH; can be repeated; the first that has a package counts (default $AMENT_PREFIX_PATH)"
	flags.Func("root-path", rootUsage, addRoots)
	flags.Func("r", "short for --root-path `prefix`", addRoots)
	const destUsage = "`folder` to write to, as <package>/msg/<Name>.gen.go; generated files there that this run does not write are removed"
	flags.StringVar(&options.DestPath, "dest-path", ".", destUsage)
	flags.StringVar(&options.DestPath, "d", ".", "short for --dest-path `folder`")
	flags.StringVar(&options.MessageModulePrefix, "message-module-prefix", "github.com/tiiuae/rclgo-msgs", "import `path` of the folder that is written to")
	flags.StringVar(&options.RclgoImportPath, "rclgo-import-path", "github.com/tiiuae/rclgo", "import `path` of the module rclgo")
	flags.Func("include-package", "only packages whose names match `regex`, and their dependencies; can be repeated, and together with --include-package-deps", func(s string) error {
		re, err := regexp.Compile(s)
		options.IncludePackages = append(options.IncludePackages, re)
		return err
	})
	flags.Func("include-package-deps", "only `package` and its dependencies; can be repeated, and together with --include-package", func(s string) error {
		options.IncludePackageDeps = append(options.IncludePackageDeps, s)
		return nil
	})
	flags.Func("include-message", "only `message`, as package/Name, and those that it is made of; can be repeated, and together with the other two", func(s string) error {
		options.IncludeMessages = append(options.IncludeMessages, s)
		return nil
	})
	flags.StringVar(&options.CGOFlagsPath, "cgo-flags-path", "", "`file` to write the CGO_CFLAGS and CGO_LDFLAGS of the generated packages to, or - for the standard output")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		printHelp(output, flags)
		return nil
	} else if err != nil {
		return fmt.Errorf("rclgo-gen generate: %w", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("rclgo-gen generate: unexpected argument %q", flags.Arg(0))
	}
	if len(options.RootPaths) == 0 {
		_ = addRoots(os.Getenv("AMENT_PREFIX_PATH"))
	}
	if len(options.RootPaths) == 0 {
		return errors.New("rclgo-gen generate: nowhere to look: give --root-path, or source a ROS installation, which sets AMENT_PREFIX_PATH")
	}
	return gogen.Generate(options)
}

// printHelp lists flags with two dashes, those of one letter with one.
func printHelp(output io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(output, "Generates Go bindings for the messages and services of ROS packages.\n\nUsage:\n  rclgo-gen generate [flags]\n\nFlags:\n")
	flags.VisitAll(func(f *flag.Flag) {
		argument, text := flag.UnquoteUsage(f)
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		if f.DefValue != "" {
			text += fmt.Sprintf(" (default %q)", f.DefValue)
		}
		fmt.Fprintf(output, "  %s%s %s\n        %s\n", dashes, f.Name, argument, text)
	})
}
