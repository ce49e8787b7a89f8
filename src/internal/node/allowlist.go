package node

import (
	"errors"
	"fmt"
	"strings"

	"av_capture/src/internal/access"
	"av_capture/src/internal/param"
)

// AllowedPaths declares the files and folders that requests may name in the parameters
// that names lists.
func AllowedPaths(names string) param.Declaration {
	return param.Declaration{
		Name:        access.PathsParameter,
		Default:     param.Strings(),
		Description: "Files, and folders with what lies beneath them, that " + names + " may name while the node runs: anybody on the ROS graph may set those. What they name at start is always allowed.",
		ReadOnly:    true,
		Check: func(v param.Value) error {
			_, err := access.New(v.Texts(), nil)
			return element(err)
		},
		Constraint: "paths, ~ in front for the home folder",
	}
}

// AllowedURLs declares the URLs that requests may name.
var AllowedURLs = param.Declaration{
	Name:        access.URLsParameter,
	Default:     param.Strings(),
	Description: "Beginnings of the URLs that video_device may name while the node runs, as in [\"rtsp://camera:554/live\"]: scheme, host, port and user have to be the same, the path may go on. What it names at start is always allowed.",
	ReadOnly:    true,
	Check: func(v param.Value) error {
		_, err := access.New(nil, v.Texts())
		return element(err)
	},
	Constraint: "URLs",
	Mask:       MaskedList,
}

// AllowedSources declares the sources that requests may set beyond the harmless ones.
var AllowedSources = param.Declaration{
	Name:        access.SourcesParameter,
	Default:     param.Strings(),
	Description: "Sources that start programs or run pipelines and may be set while the node runs; the one that the node starts with is always allowed, and so are the others.",
	Choices:     param.OneOf("ffmpeg", "opencv"),
	ReadOnly:    true,
}

// element returns the error of a list's element as one that continues "got …, ".
func element(err error) error {
	if err != nil {
		return fmt.Errorf("of which %w", err)
	}
	return nil
}

// Masked masks the passwords in a value that others may read.
func Masked(v param.Value) param.Value { return param.String(access.MaskedValue(v.Text())) }

// MaskedList is Masked for lists of arguments.
func MaskedList(v param.Value) param.Value {
	return param.Strings(access.MaskedArguments(v.Texts())...)
}

// NamedFiles describes the files that a check of parameters looks at. A check that
// hangs blocks the same names only.
func NamedFiles(names ...string) string {
	var shown []string
	for _, name := range names {
		if name != "" {
			shown = append(shown, fmt.Sprintf("%q", access.MaskedValue(name)))
		}
	}
	return "what " + strings.Join(shown, " and ") + " lead to"
}

// RefusedParameter adds the parameter's name to a refusal. Other errors, which concern
// names that are allowed, stay as they are.
func RefusedParameter(parameter string, err error) error {
	if errors.Is(err, access.ErrRefused) {
		return fmt.Errorf("%s: %w", parameter, err)
	}
	return err
}
