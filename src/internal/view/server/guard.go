package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
)

// policy is the content security policy: the page's own files, pictures that it made
// itself, and the feed of the host that it came from.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"connect-src 'self' ws://HOST; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guarded refuses requests for other hosts, and sets the headers of all answers.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.knows(r) {
			http.Error(w, "this is not the host that you look for; av_view --host NAME adds a name", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", strings.ReplaceAll(policy, "HOST", r.Host))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// knows reports whether a request is for this server by name. The name of a stranger's page
// can lead a browser to any address, so names are not believed, but for those of the
// machine and of the configuration.
func (s *Server) knows(r *http.Request) bool {
	if strings.ContainsAny(r.Host, " ;,'\"") { // it stands in the policy
		return false
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return false
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return false
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.Equal(local.IP) || s.named(host)
	}
	if local.IP.IsLoopback() && host == "localhost" {
		return true
	}
	machine, err := os.Hostname()
	machine = strings.ToLower(machine)
	return err == nil && machine != "" && (host == machine || host == machine+".local") || s.named(host)
}

// named reports whether the configuration has a host.
func (s *Server) named(host string) bool {
	return slices.ContainsFunc(s.config.Hosts, func(name string) bool { return strings.EqualFold(name, host) })
}

// sameOrigin reports whether a request comes from the server's own page. Browsers always
// tell the origin of a WebSocket.
func sameOrigin(r *http.Request) bool { return r.Header.Get("Origin") == "http://"+r.Host }

// authorized reports whether a request has the token, in a time that does not depend on
// what it has.
func (s *Server) authorized(r *http.Request) bool {
	got, want := sha256.Sum256([]byte(r.URL.Query().Get("token"))), sha256.Sum256([]byte(s.token))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}
