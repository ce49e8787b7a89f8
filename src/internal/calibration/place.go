package calibration

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// DefaultURL is the place of a calibration where none is named.
const DefaultURL = "file://${ROS_HOME}/camera_info/${NAME}.yaml"

// Place returns the path of the file that a URL means for a camera's name, as
// camera_info_manager finds it: file:///path or package://name/path, in which
// ${NAME} stands for the camera's name and ${ROS_HOME} for that variable's
// value, else ~/.ros. An empty URL is DefaultURL.
//
// A package is looked for in AMENT_PREFIX_PATH, and has to be there.
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

// Check says what is wrong with a URL, as the end of a sentence that begins with
// it. What is there is not looked at.
func Check(url string) error {
	_, err := substitute(url, "name")
	return err
}

// substitute returns the URL without variables.
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
	case scheme == "file" && strings.HasPrefix(rest, "/") && !strings.HasSuffix(rest, "/"),
		scheme == "package" && pkg != "" && file != "" && !strings.HasSuffix(file, "/"):
		return text, nil
	}
	return "", fmt.Errorf("want file:///path or package://name/path")
}

// rosHome returns the folder that ROS keeps its files in.
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
