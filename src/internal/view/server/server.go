package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"av_capture/src/internal/view"
)

// Limits of a connection before it is a feed.
const (
	readLimit       = 10 * time.Second // of a request
	writeLimit      = 30 * time.Second // of an answer
	idleLimit       = 5 * time.Second  // between two requests
	headerLimit     = 16 << 10         // [bytes]
	connectionLimit = 64               // at a time
)

// Config describes a server.
type Config struct {
	Address string   // IP address and port to listen on, as in 127.0.0.1:8090
	Hosts   []string // further names by which pages may address the server
	Hub     *view.Hub
	Page    fs.FS             // the page's files
	Log     func(text string) // takes faults of the server's own code; nil discards them
}

// Server is a server that listens. Any goroutine may use it.
type Server struct {
	config   Config
	token    string
	listener net.Listener
	http     *http.Server
	end      context.CancelFunc
	ended    chan struct{} // closed when nothing is served any more
	fault    error         // why, once ended is closed

	mu      sync.Mutex
	closing bool           // no feed is begun any more
	feeds   sync.WaitGroup // WebSockets, of which http knows nothing any more
}

// Listen makes a server with a token of its own, which serves until Close.
func Listen(config Config) (*Server, error) {
	random := make([]byte, 24)
	rand.Read(random) // never fails
	listener, err := net.Listen("tcp", config.Address)
	if err != nil {
		return nil, fmt.Errorf("view: listen on %s: %w", config.Address, err)
	}
	ctx, end := context.WithCancel(context.Background())
	s := &Server{
		config:   config,
		token:    base64.RawURLEncoding.EncodeToString(random),
		listener: limited(listener, connectionLimit),
		end:      end,
		ended:    make(chan struct{}),
	}
	s.http = &http.Server{
		Handler:                      s.handler(),
		ReadTimeout:                  readLimit,
		WriteTimeout:                 writeLimit,
		IdleTimeout:                  idleLimit,
		MaxHeaderBytes:               headerLimit,
		BaseContext:                  func(net.Listener) context.Context { return ctx },
		ErrorLog:                     log.New(panicLog{config.Log}, "", 0),
		ConnContext:                  withConn,
		DisableGeneralOptionsHandler: true,
	}
	go func() {
		defer close(s.ended)
		s.fault = s.http.Serve(s.listener)
	}()
	return s, nil
}

// panicLog passes on panics of handlers, and nothing else: strangers could fill the log.
type panicLog struct{ log func(text string) }

func (l panicLog) Write(p []byte) (int, error) {
	if l.log != nil && bytes.HasPrefix(p, []byte("http: panic serving ")) {
		l.log(string(p))
	}
	return len(p), nil
}

// Ended is closed when nothing is served any more: after Close, or by a fault, which Close
// returns.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Address returns the IP address and port.
func (s *Server) Address() net.Addr { return s.listener.Addr() }

// URL returns the page's address with the token, in the fragment: browsers do not send that
// to servers, nor to other pages.
func (s *Server) URL(host string) string {
	_, port, _ := net.SplitHostPort(s.Address().String())
	return "http://" + net.JoinHostPort(host, port) + "/#token=" + s.token
}

// Close ends the server and all feeds.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.end()
	err := s.http.Close()
	s.feeds.Wait()
	<-s.ended
	if !errors.Is(s.fault, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("view: %w", s.fault))
	}
	return err
}

// beginFeed counts a feed, for which Close waits until s.feeds.Done. It returns false if the
// server ends.
func (s *Server) beginFeed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.feeds.Add(1)
	}
	return !s.closing
}

// handler answers all requests.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /feed", http.HandlerFunc(s.serveFeed))
	mux.Handle("GET /", http.FileServerFS(s.config.Page))
	return s.guarded(mux)
}
