package server

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"

	"av_capture/src/internal/view"

	"github.com/coder/websocket"
)

// Limits of a feed.
const (
	requestLimit  = 4096             // [bytes] of a message of the page
	requestRate   = 500              // messages of the page per second
	sendLimit     = 10 * time.Second // for one message: a page that takes longer is let go
	pingInterval  = 10 * time.Second
	pingLimit     = 10 * time.Second // for the answer
	statusRefused = websocket.StatusCode(4000)
)

// request is a message of the page. Each has one of the members.
type request struct {
	Show        *[]string `json:"show"`        // topics to show from now on
	Acknowledge string    `json:"acknowledge"` // the topic of a picture that is drawn
	Time        *float64  `json:"time"`        // the page's clock, to be sent back with ours
}

// timeMessage answers a request of the time.
type timeMessage struct {
	Type string  `json:"type"` // "time"
	Page float64 `json:"page"` // of the request
	Now  float64 `json:"now"`  // [ms] since 1970
}

// serveFeed serves a WebSocket.
func (s *Server) serveFeed(w http.ResponseWriter, r *http.Request) {
	switch {
	case !sameOrigin(r):
		http.Error(w, "the feed is for the page of this server alone", http.StatusForbidden)
		return
	case !s.authorized(r):
		http.Error(w, "the token is missing or is another one", http.StatusUnauthorized)
		return
	}
	if !s.beginFeed() {
		http.Error(w, "av_view ends", http.StatusServiceUnavailable)
		return
	}
	defer s.feeds.Done()
	connOf(r).admit()
	conn, err := websocket.Accept(w, r, nil) // which checks the origin, too
	if err != nil {
		return
	}
	defer conn.CloseNow()
	// Close waits up to 10 s for the page, and CloseNow for Close: only the end of the
	// connection below ends both.
	defer context.AfterFunc(r.Context(), func() { connOf(r).Close() })()
	conn.SetReadLimit(requestLimit)
	viewer, err := s.config.Hub.Join()
	if err != nil {
		conn.Close(statusRefused, err.Error())
		return
	}
	defer viewer.Leave()
	ctx, end := context.WithCancel(r.Context())
	defer end()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer end()
		send(ctx, conn, viewer)
	}()
	pinging := make(chan struct{})
	go func() {
		defer close(pinging)
		defer end()
		ping(ctx, conn)
	}()
	err = receive(ctx, conn, viewer)
	viewer.Leave()
	if err != nil {
		// Before the end of ctx: a message that it breaks off breaks the connection.
		conn.Close(websocket.StatusPolicyViolation, err.Error())
	}
	end()
	conn.CloseNow()
	<-done
	<-pinging
}

// connKey is the key of a request's connection in its context.
type connKey struct{}

func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// connOf returns the connection of a request.
func connOf(r *http.Request) *limitedConn { return r.Context().Value(connKey{}).(*limitedConn) }

// send sends the viewer's messages, until ctx ends or the page takes none.
func send(ctx context.Context, conn *websocket.Conn, viewer *view.Viewer) {
	for {
		m, err := viewer.Next(ctx)
		if err != nil {
			return
		}
		kind := websocket.MessageBinary
		if m.Text {
			kind = websocket.MessageText
		}
		limited, done := context.WithTimeout(ctx, sendLimit)
		err = conn.Write(limited, kind, m.Data)
		done()
		if err != nil {
			return
		}
	}
}

// ping asks the browser now and then whether it is there, until ctx ends or it is not.
func ping(ctx context.Context, conn *websocket.Conn) {
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		limited, done := context.WithTimeout(ctx, pingLimit)
		err := conn.Ping(limited)
		done()
		if err != nil {
			return
		}
	}
}

// receive takes the page's messages until ctx ends, the page closes the feed, or it sends
// what it may not send, which is the error.
func receive(ctx context.Context, conn *websocket.Conn, viewer *view.Viewer) error {
	began, count := time.Now(), 0
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			return nil // closed, or too long, of which the library has told the page
		}
		if time.Since(began) >= time.Second {
			began, count = time.Now(), 0
		}
		if count++; count > requestRate {
			return errors.New("too many messages")
		}
		var r request
		if kind != websocket.MessageText || json.Unmarshal(data, &r) != nil {
			return errors.New("a message that is no request")
		}
		switch {
		case r.Show != nil:
			if err := viewer.Show(*r.Show); err != nil && !errors.Is(err, view.ErrUnknown) {
				return err
			}
		case r.Acknowledge != "":
			viewer.Acknowledge(r.Acknowledge)
		case r.Time != nil:
			viewer.Tell("time", timeMessage{"time", *r.Time, milliseconds(time.Now())})
		}
	}
}

// milliseconds returns a time in the unit of pages.
func milliseconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }
