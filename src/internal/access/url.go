package access

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// ports are the default ports of schemes.
var ports = map[string]string{
	"ftp": "21", "gopher": "70", "http": "80", "https": "443", "mmsh": "80", "mmst": "1755",
	"rtmp": "1935", "rtmps": "443", "rtmpt": "80", "rtmpts": "443", "rtsp": "554", "rtsps": "322", "sftp": "22",
	"rist": "", "rtp": "", "srt": "", "tcp": "", "tls": "", "udp": "", // without a default
}

// plainQueries are the schemes whose query goes to the server. With others the query holds
// options of FFmpeg, such as files with keys.
var plainQueries = []string{"http", "https", "rtsp", "rtsps"}

// address is a URL in comparable parts.
type address struct {
	text               string // for the program that opens it
	scheme, host, port string
	user, password     string
	segments           []string // of the path, decoded
	query              string
}

// unfit matches characters with which two programs may parse a URL differently.
var unfit = regexp.MustCompile("[^\\x21-\\x7e]|[\"'<>\\\\^`{|}]")

// parse parses a URL.
func parse(text string) (address, error) {
	if len(text) >= longestPath || unfit.MatchString(text) {
		return address{}, errors.New("has characters that belong encoded")
	}
	u, err := url.Parse(text)
	if err != nil {
		return address{}, errors.New("cannot be read") // Parse's error repeats the URL, with its password
	}
	a := address{scheme: u.Scheme, host: strings.ToLower(u.Hostname()), port: u.Port(), query: u.RawQuery}
	usual, known := ports[a.scheme]
	switch {
	case !known:
		return address{}, errors.New("is of no network that ffmpeg knows")
	case u.Opaque != "" || u.Host == "" || u.Fragment != "" || strings.Count(authority(text), "@") > 1:
		return address{}, errors.New("has no host, two of them, or a fragment")
	case hidden.MatchString(u.EscapedPath()):
		return address{}, errors.New("has an encoded slash in its path")
	}
	if a.port == "" {
		a.port = usual
	}
	if ip, err := netip.ParseAddr(a.host); err == nil {
		a.host = ip.String()
	}
	a.user = u.User.Username()
	a.password, _ = u.User.Password()
	if a.segments, err = segments(u.Path); err != nil {
		return address{}, err
	}
	_, rest, _ := strings.Cut(text, ":")
	a.text = a.scheme + ":" + rest
	return a, nil
}

// authority returns user, host and port of a URL, verbatim.
func authority(text string) string {
	_, rest, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// hidden matches encoded characters that only some servers take for separators.
var hidden = regexp.MustCompile(`(?i)%(2f|5c|00)`)

// encoded matches characters that a server would decode if it decoded twice.
var encoded = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// segments returns the parts of a decoded path. It refuses "..", since servers clean paths at
// different times.
func segments(decoded string) ([]string, error) {
	if encoded.MatchString(decoded) {
		return nil, errors.New("is encoded twice")
	}
	parts := strings.Split(decoded, "/")
	for _, part := range parts {
		name, _, _ := strings.Cut(part, ";") // some servers leave out the rest
		if name == ".." {
			return nil, errors.New("has .. in its path")
		}
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" || part == "." }), nil
}

// parsePrefix parses a URL of the owner's list.
func parsePrefix(text string) (address, error) {
	a, err := parse(text)
	if err != nil {
		return address{}, fmt.Errorf("%q %w", MaskedValue(text), err)
	}
	return a, nil
}

// URL returns the URL to open for a text, if an allowed URL is its prefix: scheme, host and port
// are the same, the user is the same or none, and the path begins with the same segments. The
// mask stands for the allowed URL's password. Any other password is refused, right or wrong,
// so that none can be found by trying.
func (l *List) URL(text string) (string, error) {
	a, err := parse(text)
	if err != nil {
		return "", Refuse(text, URLsParameter)
	}
	for _, p := range l.urls {
		if p.begins(a) {
			if a.password != "" {
				_, written, _ := strings.Cut(strings.SplitN(p.text, "@", 2)[0], "://")
				_, rest, _ := strings.Cut(a.text, "@")
				return a.scheme + "://" + written + "@" + rest, nil
			}
			return a.text, nil
		}
	}
	return "", Refuse(text, URLsParameter)
}

// begins reports whether p is a prefix of a.
func (p address) begins(a address) bool {
	switch {
	case p.scheme != a.scheme, p.host != a.host, p.port != a.port:
		return false
	case !p.admits(a):
		return false
	case len(a.segments) < len(p.segments) || !slices.Equal(p.segments, a.segments[:len(p.segments)]):
		return false
	case p.query == a.query:
		return true
	}
	return p.query == "" && slices.Contains(plainQueries, p.scheme)
}

// admits reports whether a has no user, or the user of p with the mask for its password.
func (p address) admits(a address) bool {
	switch {
	case a.user == "" && a.password == "":
		return true
	case a.user != p.user:
		return false
	case a.password == "":
		return p.password == ""
	}
	return a.password == mask && p.password != ""
}
