package calibration

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultURL is the URL of a calibration if none is given.
const DefaultURL = "file://${ROS_HOME}/camera_info/${NAME}.yaml"

// Place returns the path of the file that a URL names for a camera, by the rules of
// camera_info_manager: file:///path or package://name/path, in which ${NAME} stands for the
// camera's name and ${ROS_HOME} for that variable's value, or ~/.ros. An empty URL stands
// for DefaultURL.
//
// The package must be in AMENT_PREFIX_PATH; the file need not exist. The error is the end
// of a sentence that begins with the URL.
func Place(url, name string) (path string, err error) {
	if url == "" {
		url = DefaultURL
	}
	whole, err := substitute(url, name)
	if err != nil {
		return "", err
	}
	scheme, rest, _ := strings.Cut(whole, "://")
	switch strings.ToLower(scheme) {
	case "file":
		return rest, nil
	default: // package, by Check
		pkg, file, _ := strings.Cut(rest, "/")
		share, err := share(pkg)
		if err != nil {
			return "", err
		}
		return filepath.Join(share, file), nil
	}
}

// Check returns an error for an invalid URL, as the end of a sentence that begins with it.
// It does not look at the disk.
func Check(url string) error {
	_, err := substitute(url, "name")
	return err
}

// maxName bounds a camera's name [bytes]. With the ending of a temporary file it is the name
// of a file, which may have 255 bytes.
const maxName = 200

// CheckName returns an error for an invalid name of a camera, as the end of a sentence that
// begins with it.
func CheckName(name string) error {
	switch {
	case name == "", name == ".", name == "..", strings.ContainsFunc(name, func(r rune) bool { return r == '/' || !unicode.IsPrint(r) }):
		return errors.New("want a name without / and control characters, as it is part of the name of a file")
	case !utf8.ValidString(name):
		return errors.New("want a name in UTF-8")
	case len(name) > maxName:
		return fmt.Errorf("of %d bytes, want at most %d, as it is part of the name of a file", len(name), maxName)
	}
	return nil
}

// packageName matches the name of a ROS package (REP 144). It excludes paths to other
// folders.
var packageName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// substitute replaces the variables of a URL, and checks it.
func substitute(url, name string) (string, error) {
	if url == "" {
		return "", nil
	}
	var whole strings.Builder
	for rest := url; ; {
		before, after, found := strings.Cut(rest, "${")
		whole.WriteString(before)
		if !found {
			break
		}
		variable, after, closed := strings.Cut(after, "}")
		switch {
		case closed && variable == "NAME":
			whole.WriteString(name)
		case closed && variable == "ROS_HOME":
			whole.WriteString(rosHome())
		default:
			return "", fmt.Errorf("want no ${%s}, but ${NAME} or ${ROS_HOME}", variable)
		}
		rest = after
	}
	text := whole.String()
	scheme, rest, _ := strings.Cut(text, "://")
	pkg, file, _ := strings.Cut(rest, "/")
	switch scheme = strings.ToLower(scheme); {
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", fmt.Errorf("want file:///path or package://name/path without control characters")
	case scheme == "file" && strings.HasPrefix(rest, "/") && !strings.HasSuffix(rest, "/"),
		scheme == "package" && packageName.MatchString(pkg) && file != "" && !strings.HasSuffix(file, "/"):
		return text, nil
	}
	return "", fmt.Errorf("want file:///path or package://name/path")
}

// rosHome returns the folder of ROS for files.
func rosHome() string {
	if home := os.Getenv("ROS_HOME"); home != "" {
		return home
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "/" // as for a service without a home
	}
	return filepath.Join(home, ".ros")
}

// share returns the share folder of a ROS package.
func share(pkg string) (string, error) {
	for prefix := range strings.SplitSeq(os.Getenv("AMENT_PREFIX_PATH"), ":") {
		if prefix == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(prefix, "share/ament_index/resource_index/packages", pkg)); err == nil {
			return filepath.Join(prefix, "share", pkg), nil
		}
	}
	return "", fmt.Errorf("there is no ROS package %q in AMENT_PREFIX_PATH", pkg)
}
