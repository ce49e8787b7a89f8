package middleware

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// profile is a Fast DDS profile of one shared-memory transport. The package's own is
// config/fastdds.xml: the size of the shared memory is there.
type profile struct {
	path    string
	text    []byte
	segment uint64 // [bytes]
}

// segmentSize finds the size in a profile.
var segmentSize = regexp.MustCompile(`(<segment_size>\s*)(\d+)(\s*</segment_size>)`)

// readProfile reads a profile, which must name its segment's size once.
func readProfile(path string) (*profile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found := segmentSize.FindAllSubmatch(text, -1)
	if len(found) != 1 {
		return nil, fmt.Errorf("%s: %d times <segment_size>, want it once", path, len(found))
	}
	size, err := strconv.ParseUint(string(found[0][2]), 10, 32) // the range of Fast DDS
	if err != nil {
		return nil, fmt.Errorf("%s: <segment_size>: %w", path, err)
	}
	return &profile{path: path, text: text, segment: size}, nil
}

// resized returns the profile's text with a segment of another size.
func (p *profile) resized(segment uint64) []byte {
	return segmentSize.ReplaceAll(p.text, fmt.Appendf(nil, "${1}%d${3}", segment))
}

// installedProfile returns the path of the package's profile: in share/av_capture beside the
// executable's lib/av_capture, or, for an executable that is a link into a build folder, below
// one of the prefixes in AMENT_PREFIX_PATH.
func installedProfile() (string, error) {
	const name = "share/av_capture/config/fastdds.xml"
	var prefixes []string
	if executable, err := os.Executable(); err == nil {
		prefixes = append(prefixes, filepath.Join(filepath.Dir(executable), "../.."))
	}
	prefixes = append(prefixes, filepath.SplitList(os.Getenv("AMENT_PREFIX_PATH"))...)
	for _, prefix := range prefixes {
		path := filepath.Join(prefix, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New(name + " is installed neither beside the executable nor below AMENT_PREFIX_PATH")
}
