package access

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// mask replaces a password, as in [net/url.URL.Redacted].
const mask = "xxxxx"

// secret matches names of passwords.
var secret = regexp.MustCompile(`(?i)pas|pwd|psw|pw|token|key|secret|sig|auth|cred|session|jwt|streamid`)

// listed matches a password in the text of a list of arguments, as in "-passphrase",
// "secret".
var listed = regexp.MustCompile(`("-(?:` + strings.Join(secretOptions, "|") + `)(?::[a-z0-9:]*)?",?\s*)"(?:[^"\\]|\\.)*"`)

// secretOptions are options of ffmpeg with a password in their value.
var secretOptions = []string{
	"passphrase", "password", "pass", "decryption_key", "decryption_keys", "cenc_decryption_key", "encryption_key", "audible_key", "audible_iv", "activation_bytes",
	"cryptokey", "key", "stream_key", "secret", "streamid", "srt_streamid", "srtp_in_params", "srtp_out_params", "headers", "cookies", "auth", "rtmp_conn", "rtmp_playpath",
}

// Masked returns a text with xxxxx for the passwords of URLs, GStreamer pipelines and queries.
// It takes time in proportion to the text, which strangers write.
func Masked(text string) string {
	var all strings.Builder
	for {
		before, after, found := strings.Cut(text, "://")
		all.WriteString(before)
		if !found {
			break
		}
		all.WriteString("://")
		// The search for the end stops at the next URL, which may lie within this one's path.
		end := strings.Index(after, "://")
		if end < 0 {
			end = len(after)
		}
		if blank := strings.IndexFunc(after[:end], func(r rune) bool { return r <= ' ' || r == '"' }); blank >= 0 {
			end = blank
		}
		all.WriteString(maskedUser(after[:end]))
		text = after[end:]
	}
	return maskedKeys(listed.ReplaceAllString(all.String(), `${1}"`+mask+`"`))
}

// maskedKeys masks the values of names of passwords, as in "user-pw=secret" of a GStreamer pipeline or "?token=secret" of a URL.
func maskedKeys(text string) string {
	var all strings.Builder
	for {
		before, after, found := strings.Cut(text, "=")
		all.WriteString(before)
		if !found {
			return all.String()
		}
		all.WriteString("=")
		value := strings.TrimLeft(after, blanks)
		all.WriteString(after[:len(after)-len(value)])
		text = value
		name := strings.TrimRight(before, blanks)
		begin := 1 + strings.LastIndexFunc(name, func(r rune) bool { return !inName(r) })
		query := begin > 0 && strings.Contains("?&;", name[begin-1:begin])
		name = name[begin:]
		if decoded, err := url.PathUnescape(name); err == nil {
			name = decoded
		}
		if !secret.MatchString(name) {
			continue
		}
		quote, length := measure(text, query)
		if length > 0 {
			all.WriteString(quote + mask + quote)
		}
		text = text[length:]
	}
}

const blanks = " \t\r\n"

func inName(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("_.%~[]-", r)
}

// measure returns the quotation mark around the value at the beginning of a text, and the
// length of the value with its marks. The text may be quoted itself, with a backslash before
// its marks.
func measure(text string, query bool) (quote string, length int) {
	for _, q := range []string{`\"`, `"`, `'`} {
		inner, ok := strings.CutPrefix(text, q)
		if !ok {
			continue
		}
		for i := 0; i < len(inner); i++ {
			switch {
			case strings.HasPrefix(inner[i:], q):
				return q, len(q) + i + len(q)
			case q == `\"` && strings.HasPrefix(inner[i:], `\\`):
				if i += 2; i < len(inner) && inner[i] == '\\' { // an escaped quotation mark, escaped
					i++
				}
			case inner[i] == '\\':
				i++
			}
		}
		return "", len(text) // an unclosed quotation
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c <= ' ' || c == '"' || query && c == '&':
			return "", i
		case c == '\\' && i+1 < len(text) && text[i+1] != '"':
			if i++; text[i] == '\\' && i+1 < len(text) && text[i+1] != '"' {
				i++
			}
		case c == '\\' && i+1 < len(text):
			return "", i // the end of the quoted text
		}
	}
	return "", len(text)
}

// port matches a host without a user, with the end of it.
var port = regexp.MustCompile(`^(\[[^\]]*\]|[^:/?#@\[\]]*)(:[0-9]*)?([/?#]|$)`)

// maskedUser masks the password in the rest of a URL after "://".
func maskedUser(rest string) string {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndex(rest[:end], "@")
	if at < 0 && !port.MatchString(rest) {
		// A password with a slash that should be encoded, or one that is cut off.
		if at = strings.LastIndex(rest, "@"); at < 0 {
			at = len(rest)
		}
	}
	begin := address6(rest)
	if at < begin {
		return rest
	}
	colon := strings.Index(rest[begin:at], ":")
	if colon < 0 {
		return rest
	}
	return rest[:begin+colon+1] + mask + rest[at:]
}

// address6 returns the length of an IPv6 address in brackets at the beginning of a text. Its
// colons do not precede a password.
func address6(text string) int {
	ip, _, ok := strings.Cut(text, "]")
	if ok && strings.HasPrefix(ip, "[") {
		if _, err := netip.ParseAddr(ip[1:]); err == nil {
			return len(ip)
		}
	}
	return 0
}

// schemed matches the scheme of a URL, which may be mistyped.
var schemed = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9+.-]*):/+`)

// MaskedValue is Masked for a text that may be a URL as a whole, well formed or not: all from
// the colon after the user to the last @ is a password.
func MaskedValue(text string) string {
	begin := 0
	if found := schemed.FindStringSubmatchIndex(text); found != nil {
		if strings.EqualFold(text[found[2]:found[3]], "file") {
			return Masked(text)
		}
		begin = found[1]
	}
	// A path, or a pipeline.
	first := strings.IndexAny(text, ":!=")
	if begin == 0 && (strings.HasPrefix(text, "/") || first >= 0 && text[first] != ':' && strings.Contains(text, "!")) {
		return Masked(text)
	}
	begin += address6(text[begin:])
	at := strings.LastIndex(text, "@")
	if at >= begin {
		if colon := strings.Index(text[begin:at], ":"); colon >= 0 {
			text = text[:begin+colon+1] + mask + text[at:]
		}
	}
	return Masked(text)
}

// MaskedArguments is Masked for each of ffmpeg's arguments, and MaskedValue for URLs.
func MaskedArguments(args []string) []string {
	masked := make([]string, len(args))
	for i, arg := range args {
		masked[i] = Masked(arg)
		if i > 0 && args[i-1] == "-i" || schemed.MatchString(arg) {
			masked[i] = MaskedValue(arg)
		}
		if i == 0 {
			continue
		}
		option, _, _ := strings.Cut(strings.TrimPrefix(args[i-1], "-"), ":")
		if strings.HasPrefix(args[i-1], "-") && slices.Contains(secretOptions, option) {
			masked[i] = mask
		}
	}
	return masked
}
