package server

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"av_capture/src/internal/view"

	"github.com/coder/websocket"
)

const topic = "/camera/image_raw"

// site is a server with a hub of one stream.
type site struct {
	*Server
	hub *view.Hub

	mu   sync.Mutex
	feed *view.Feed // nil while nobody shows the stream
}

func newSite(t *testing.T, hosts ...string) *site {
	t.Helper()
	s := &site{}
	s.hub = view.NewHub(func(_ view.Stream, f *view.Feed) func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.feed = f
		return func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.feed = nil
		}
	})
	s.hub.SetStreams([]view.Stream{{Topic: topic, Kind: view.Pictures, Node: "/camera"}}, 0)
	server, err := Listen(Config{
		Address: "127.0.0.1:0",
		Hosts:   hosts,
		Hub:     s.hub,
		Page:    fstest.MapFS{"index.html": {Data: []byte("<p>page")}, "main.js": {Data: []byte("1")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = server
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *site) newest() *view.Feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.feed
}

// request sends one, and returns the status and the body.
func (s *site) request(t *testing.T, method, path, host string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, "http://"+s.Address().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Host = host; header != nil {
		r.Header = header
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// dial opens a feed, as the page does but for what change changes.
func (s *site) dial(t *testing.T, change func(url *string, header http.Header)) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	host := s.Address().String()
	url, header := "ws://"+host+"/feed?token="+s.token, http.Header{"Origin": {"http://" + host}}
	if change != nil {
		change(&url, header)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: header, HTTPClient: &http.Client{Transport: transport}})
}

// open opens a feed that has to be accepted.
func (s *site) open(t *testing.T) *websocket.Conn {
	t.Helper()
	conn, _, err := s.dial(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}

// write sends text.
func write(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// read returns the next message's header and payload.
func read(t *testing.T, conn *websocket.Conn) (header map[string]any, payload string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	kind, data, err := conn.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text := data
	if kind == websocket.MessageBinary {
		n := binary.LittleEndian.Uint32(data)
		text, payload = data[4:4+n], string(data[4+n:])
	}
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	return header, payload
}

// closeStatus reads to the end, and returns the status with which the server closed.
func closeStatus(t *testing.T, conn *websocket.Conn) websocket.StatusCode {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Fatal("the server does not close the feed")
			}
			return websocket.CloseStatus(err)
		}
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within a minute: " + what)
		}
	}
}

func TestPageIsServedWithItsPolicy(t *testing.T) {
	s := newSite(t)
	host := s.Address().String()
	for path, want := range map[string]string{"/": "<p>page", "/main.js": "1"} {
		response, body := s.request(t, "GET", path, host, nil)
		if response.StatusCode != http.StatusOK || body != want {
			t.Errorf("%s: %s %q, want %q", path, response.Status, body, want)
		}
		policy := response.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self' ws://" + host + ";", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || response.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: headers %v allow too much", path, response.Header)
		}
		if response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", path, response.Header)
		}
	}
}

func TestOnlyThePageCanBeRead(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]int{
		"/../../etc/passwd":         http.StatusNotFound,
		"/%2e%2e/%2e%2e/etc/passwd": http.StatusNotFound,
		"/server.go":                http.StatusNotFound,
		"/debug/pprof/":             http.StatusNotFound,
	} {
		response, body := s.request(t, "GET", path, s.Address().String(), nil)
		redirected := response.StatusCode == http.StatusTemporaryRedirect || response.StatusCode == http.StatusMovedPermanently
		if response.StatusCode != want && !redirected || strings.Contains(body, "root:") {
			t.Errorf("%s: %s", path, response.Status)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"} {
		response, _ := s.request(t, method, "/feed", s.Address().String(), nil)
		if response.StatusCode < 400 {
			t.Errorf("%s: %s", method, response.Status)
		}
	}
}

func TestOtherHostsAreRefused(t *testing.T) {
	s := newSite(t, "robot.example.org")
	_, port, _ := net.SplitHostPort(s.Address().String())
	for host, known := range map[string]bool{
		"127.0.0.1:" + port:         true,
		"localhost:" + port:         true,
		"LOCALHOST:9999":            true, // a port that ssh forwards
		"127.0.0.1":                 true,
		"robot.example.org:" + port: true,
		"evil.example.org:" + port:  false,
		"127.0.0.1.evil.org":        false,
		"127.0.0.2:" + port:         false,
		"192.168.0.1:" + port:       false,
		"[::1]:" + port:             false,
		"x;script-src *":            false,
		"127.0.0.1:1;script-src":    false,
		"127.0.0.1:1 *":             false,
		"127.0.0.1:*":               false,
		"127.0.0.1:":                false,
		"localhost:65536":           false,
	} {
		response, body := s.request(t, "GET", "/", host, nil)
		if known != (response.StatusCode == http.StatusOK) || !known && strings.Contains(body, "page") {
			t.Errorf("host %q: %s, known is %v", host, response.Status, known)
		}
		if !known && response.Header.Get("Content-Security-Policy") != "" {
			t.Errorf("host %q stands in the policy", host)
		}
	}
}

func TestFeedNeedsTokenAndOrigin(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct {
		change func(url *string, header http.Header)
		status int
	}{
		"no token":        {func(url *string, _ http.Header) { *url, _, _ = strings.Cut(*url, "?") }, http.StatusUnauthorized},
		"an empty token":  {func(url *string, _ http.Header) { *url, _, _ = strings.Cut(*url, s.token) }, http.StatusUnauthorized},
		"a part of it":    {func(url *string, _ http.Header) { *url = (*url)[:len(*url)-1] }, http.StatusUnauthorized},
		"more than it":    {func(url *string, _ http.Header) { *url += "A" }, http.StatusUnauthorized},
		"another page":    {func(_ *string, h http.Header) { h.Set("Origin", "http://evil.example.org") }, http.StatusForbidden},
		"another port":    {func(_ *string, h http.Header) { h.Set("Origin", "http://127.0.0.1:1") }, http.StatusForbidden},
		"https":           {func(_ *string, h http.Header) { h.Set("Origin", "https://"+s.Address().String()) }, http.StatusForbidden},
		"a file":          {func(_ *string, h http.Header) { h.Set("Origin", "null") }, http.StatusForbidden},
		"no browser":      {func(_ *string, h http.Header) { h.Del("Origin") }, http.StatusForbidden},
		"nothing changed": {func(*string, http.Header) {}, http.StatusSwitchingProtocols},
	} {
		conn, response, err := s.dial(t, c.change)
		if conn != nil {
			conn.CloseNow()
		}
		if response == nil || response.StatusCode != c.status {
			t.Errorf("%s: %v, want status %d", name, err, c.status)
		}
	}
	eventually(t, "the end of all feeds", func() bool { return len(s.hub.Feeds()) == 0 })
}

func TestTokensDiffer(t *testing.T) {
	a, b := newSite(t), newSite(t)
	if a.token == b.token || len(a.token) != 32 {
		t.Fatalf("tokens %q and %q, want two of 192 bits", a.token, b.token)
	}
	if url := a.URL("robot"); !strings.HasPrefix(url, "http://robot:") || !strings.HasSuffix(url, "/#token="+a.token) {
		t.Fatalf("URL %q", url)
	}
}

func TestFeedCarriesWhatIsShownAlone(t *testing.T) {
	s := newSite(t)
	conn := s.open(t)
	if header, _ := read(t, conn); header["type"] != "streams" {
		t.Fatalf("got %v, want the streams first", header)
	}
	if s.newest() != nil {
		t.Fatal("subscribed before anything is shown")
	}
	write(t, conn, `{"show": ["`+topic+`"]}`)
	eventually(t, "a feed", func() bool { return s.newest() != nil })
	s.newest().PictureCame()
	s.newest().Picture(view.Picture{Type: "image/jpeg", File: []byte("file")})
	if header, payload := read(t, conn); header["topic"] != topic || header["number"] != 1.0 || payload != "file" {
		t.Fatalf("got %v and %q", header, payload)
	}
	write(t, conn, `{"time": 12.5}`)
	if header, _ := read(t, conn); header["type"] != "time" || header["page"] != 12.5 || header["now"].(float64) < 1e12 {
		t.Fatalf("got %v, want the time", header)
	}
	conn.CloseNow()
	eventually(t, "the end of the feed", func() bool { return s.newest() == nil })
}

func TestPagesThatAskForTooMuchAreLetGo(t *testing.T) {
	s := newSite(t)
	many := `{"show": [` + strings.Repeat(`"/a",`, view.MaxShown) + `"/a"]}`
	for name, text := range map[string]string{
		"no JSON":         "show",
		"a wrong type":    `{"show": 1}`,
		"too many topics": many,
	} {
		conn := s.open(t)
		write(t, conn, text)
		if got := closeStatus(t, conn); got != websocket.StatusPolicyViolation {
			t.Errorf("%s: closed with %v", name, got)
		}
	}
	conn := s.open(t)
	conn.Write(t.Context(), websocket.MessageText, []byte(strings.Repeat(" ", requestLimit+1)))
	if got := closeStatus(t, conn); got != websocket.StatusMessageTooBig {
		t.Errorf("a message that is too long: closed with %v", got)
	}
	conn = s.open(t)
	conn.Write(t.Context(), websocket.MessageBinary, []byte("{}"))
	if got := closeStatus(t, conn); got != websocket.StatusPolicyViolation {
		t.Errorf("a binary message: closed with %v", got)
	}
	// Unknown topics are no fault: they may have gone meanwhile.
	conn = s.open(t)
	read(t, conn)
	write(t, conn, `{"show": ["/etc/passwd", "`+topic+`"]}`)
	eventually(t, "a feed", func() bool { return s.newest() != nil })
	if got := s.hub.Feeds(); !slices.Equal(got, []string{topic}) {
		t.Errorf("feeds %v, want %s alone", got, topic)
	}
}

func TestFloodOfMessagesEndsTheFeed(t *testing.T) {
	s := newSite(t)
	conn := s.open(t)
	go func() {
		for conn.Write(context.Background(), websocket.MessageText, []byte(`{"acknowledge":"x"}`)) == nil {
		}
	}()
	if got := closeStatus(t, conn); got != websocket.StatusPolicyViolation {
		t.Errorf("closed with %v", got)
	}
}

func TestViewersBeyondTheLimitAreTold(t *testing.T) {
	s := newSite(t)
	for range view.MaxViewers {
		read(t, s.open(t))
	}
	if got := closeStatus(t, s.open(t)); got != statusRefused {
		t.Fatalf("closed with %v, want %v", got, statusRefused)
	}
}

func TestStalledPageDelaysNoOther(t *testing.T) {
	s := newSite(t)
	stalled, quick := s.open(t), s.open(t)
	show := `{"show": ["` + topic + `"]}`
	write(t, stalled, show) // it reads nothing from now on
	eventually(t, "a feed", func() bool { return s.newest() != nil })
	file := make([]byte, 500<<10)
	eventually(t, "a stalled page that takes no more", func() bool {
		if !s.newest().PictureCame() {
			return true
		}
		s.newest().Picture(view.Picture{Type: "image/jpeg", File: file})
		return false
	})
	read(t, quick)
	write(t, quick, show)
	for i := range 200 { // 100 MB, far more than the system buffers
		eventually(t, "a viewer that is ready", s.newest().PictureCame)
		s.newest().Picture(view.Picture{Type: "image/jpeg", File: file})
		if header, _ := read(t, quick); header["kind"] != "pictures" {
			t.Fatalf("message %d: %v", i, header)
		}
		write(t, quick, `{"acknowledge": "`+topic+`"}`)
	}
	stalled.CloseNow()
	quick.CloseNow()
	eventually(t, "the end of both", func() bool { return s.newest() == nil })
}

func TestConnectionsAreBounded(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limited(listener, 2)
	accepted, ended := make(chan net.Conn), make(chan error)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			c.(*limitedConn).admit() // else it would make room
			accepted <- c
		}
	}()
	var clients []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	first, second := <-accepted, <-accepted
	select {
	case <-accepted:
		t.Fatal("a third connection beside two")
	case <-time.After(20 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives one place back, not two
	third := <-accepted
	// At the limit, Accept waits for a place: Close ends that, too.
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Fatalf("Accept ended with %v", err)
	}
	for _, c := range append(clients, second, third) {
		c.Close()
	}
}

// ended reports whether a connection is closed at the other end, which it waits for.
func ended(c net.Conn) bool {
	_, err := c.Read(make([]byte, 1))
	return err != nil
}

func TestConnectionsThatAreNotAdmittedMakeRoom(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limited(listener, 4)
	defer l.Close()
	// All of 127.0.0.0/8 is this machine.
	connect := func(host string) (client net.Conn, accepted *limitedConn) {
		t.Helper()
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
		client, err := dialer.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close() })
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return client, conn.(*limitedConn)
	}
	_, viewer := connect("127.0.0.2")
	viewer.admit()
	_, quiet := connect("127.0.0.3")
	oldest, _ := connect("127.0.0.2")
	_, newer := connect("127.0.0.2")
	_, newest := connect("127.0.0.4")
	if !ended(oldest) {
		t.Fatal("the oldest of the host with the most is open")
	}
	if want := []*limitedConn{viewer, quiet, newer, newest}; !slices.Equal(l.conns, want) {
		t.Fatalf("got %v, want %v", l.conns, want)
	}
}

// Strangers hold all connections, and send nothing.
func TestStrangersLockNobodyOut(t *testing.T) {
	s := newSite(t)
	for range connectionLimit {
		conn, err := net.Dial("tcp", s.Address().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if _, body := s.request(t, "GET", "/", s.Address().String(), nil); body != "<p>page" {
		t.Fatalf("got %q", body)
	}
	conn := s.open(t)
	read(t, conn)
	strangers := make([]net.Conn, 2*connectionLimit)
	for i := range strangers {
		var err error
		if strangers[i], err = net.Dial("tcp", s.Address().String()); err != nil {
			t.Fatal(err)
		}
		defer strangers[i].Close()
	}
	if !ended(strangers[0]) {
		t.Fatal("a stranger's connection is open")
	}
	write(t, conn, `{"time": 1}`)
	if header, _ := read(t, conn); header["type"] != "time" {
		t.Fatalf("got %v", header)
	}
}

// rawFeed opens a feed without a library, which would answer the closing handshake.
func (s *site) rawFeed(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", s.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET /feed?token=%s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%[2]s\r\n"+
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", s.token, s.Address())
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(response, err)
	}
	return conn, reader
}

// readUntilClose reads short frames up to the one that begins the closing handshake.
func readUntilClose(t *testing.T, r *bufio.Reader) {
	t.Helper()
	for {
		var header [2]byte
		if _, err := io.ReadFull(r, header[:]); err != nil {
			t.Fatal(err)
		}
		length := int(header[1])
		if length == 126 {
			var long [2]byte
			if _, err := io.ReadFull(r, long[:]); err != nil {
				t.Fatal(err)
			}
			length = int(binary.BigEndian.Uint16(long[:]))
		}
		if _, err := r.Discard(length); err != nil {
			t.Fatal(err)
		}
		if header[0]&0xf == 8 {
			return
		}
	}
}

func TestEndWaitsForNoClosingHandshake(t *testing.T) {
	for name, full := range map[string]bool{"refused": true, "let go": false} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			if full {
				for range view.MaxViewers {
					read(t, s.open(t))
				}
			}
			conn, reader := s.rawFeed(t)
			if !full {
				conn.Write([]byte{0x81, 0x81, 0, 0, 0, 0, 'x'}) // a text that is no request
			}
			readUntilClose(t, reader)
			began := time.Now()
			s.Server.end()
			s.feeds.Wait()
			if took := time.Since(began); took > 4*time.Second { // it may take 5 s
				t.Fatalf("the end took %v", took)
			}
		})
	}
}

// panicking is a file system with a fault.
type panicking struct{}

func (panicking) Open(string) (fs.File, error) { panic("a fault of the page") }

func TestFaultsOfTheServerAreLogged(t *testing.T) {
	logged := make(chan string, 10)
	s, err := Listen(Config{Address: "127.0.0.1:0", Page: panicking{}, Log: func(text string) { logged <- text }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	address := "http://" + s.Address().String()
	if response, err := http.Get(address); err == nil {
		response.Body.Close()
		t.Fatalf("got %s, want no answer", response.Status)
	}
	// Where the fault is, stands there, too.
	if text := <-logged; !strings.Contains(text, "a fault of the page") || !strings.Contains(text, "server_test.go") {
		t.Fatalf("logged %q", text)
	}
}

func TestEndByAFaultIsTold(t *testing.T) {
	s, err := Listen(Config{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	s.listener.(*limitedListener).Listener.Close()
	<-s.Ended()
	if err := s.Close(); !errors.Is(err, net.ErrClosed) {
		t.Fatalf("got %v, want the fault", err)
	}
}

func TestNoFeedIsBegunAtTheEnd(t *testing.T) {
	s := newSite(t)
	if !s.beginFeed() {
		t.Fatal("no feed is begun before the end")
	}
	closed := make(chan error)
	go func() { closed <- s.Server.Close() }()
	<-s.Ended()
	if s.beginFeed() {
		t.Fatal("a feed is begun at the end")
	}
	select {
	case <-closed:
		t.Fatal("Close does not wait for the feed")
	default:
	}
	s.feeds.Done()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
}

func TestPortThatIsTakenIsAnError(t *testing.T) {
	s := newSite(t)
	other, err := Listen(Config{Address: s.Address().String()})
	if err == nil {
		other.Close()
		t.Fatal("two servers on one port")
	}
	if want := fmt.Sprintf("view: listen on %s: ", s.Address()); !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("got %q, want %q…", err, want)
	}
}
