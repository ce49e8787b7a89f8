package inputurl_test

import (
	"regexp"
	"strings"
	"testing"

	"av_capture/src/internal/inputurl"
)

// FuzzRedacted looks for passwords in redacted names of inputs.
func FuzzRedacted(f *testing.F) {
	f.Add("rtsp", "me", "secret", "camera:554", "/live?x=1#y")
	f.Add("http", "", "s%65cret", "[::1]", "")
	f.Add("RTSP", "a%20b", "pass@word", "host", "/%zz")
	f.Add("rtmp", "me", "se:cret", "host\x7f", "/")
	f.Add("srt", "me", "[secret]", "", "\n")
	f.Add("rtsp:/", "me", "sec ret", "camera", "/")
	f.Add("rtsp", "me", "1/secret", "camera", "/")
	valid := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+-]*(://|:/|:///)?$`)
	f.Fuzz(func(t *testing.T, scheme, user, password, host, rest string) {
		if password = strings.Trim(password, "x"); len(password) < 4 || !valid.MatchString(scheme) || strings.EqualFold(strings.TrimRight(scheme, ":/"), "file") || strings.Contains(user, ":") {
			return // none, or another URL
		}
		if !strings.Contains(scheme, ":") {
			scheme += "://"
		}
		name := scheme + user + ":" + password + "@" + host + rest
		told := inputurl.Redacted(name)
		if strings.Contains(scheme+user+":xxxxx@"+host+rest, password) {
			return
		}
		if strings.Contains(told, password) {
			t.Fatalf("%q is told as %q", name, told)
		}
	})
}
