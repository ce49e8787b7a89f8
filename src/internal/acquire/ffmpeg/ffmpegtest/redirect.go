package ffmpegtest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Redirect returns the URL of a video on a server that redirects to another server. asked
// ends both, and reports whether the other one got a request.
func Redirect(t testing.TB) (url string, asked func() bool) {
	t.Helper()
	got := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got = true }))
	first := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	return first.URL + "/video.mkv", func() bool {
		first.Close()
		other.Close() // waits for requests
		return got
	}
}
