package server

import (
	"net"
	"slices"
	"sync"
)

// limitedListener holds a number of connections at a time. For a further one it closes one
// that is not admitted, so that strangers without the token lock nobody out. If all are
// admitted, others wait.
type limitedListener struct {
	net.Listener
	limit     int
	closed    chan struct{}
	closeOnce sync.Once

	mu    sync.Mutex
	conns []*limitedConn // in the order of their coming
	left  chan struct{}  // holds one token after a connection has gone
}

func limited(l net.Listener, n int) *limitedListener {
	return &limitedListener{Listener: l, limit: n, closed: make(chan struct{}), left: make(chan struct{}, 1)}
}

// Accept waits for a connection, then for a place. One goroutine may call it.
func (l *limitedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	for {
		added, victim := l.add(conn)
		switch {
		case added != nil:
			return added, nil
		case victim != nil:
			victim.Close()
			continue
		}
		select {
		case <-l.left:
		case <-l.closed:
			conn.Close()
			return nil, net.ErrClosed
		}
	}
}

// add adds a connection if there is a place. Else it returns the one to close for it, nil
// if all are admitted.
func (l *limitedListener) add(conn net.Conn) (added, victim *limitedConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.conns) >= l.limit {
		return nil, l.victim()
	}
	added = &limitedConn{Conn: conn, listener: l}
	l.conns = append(l.conns, added)
	return added, nil
}

// victim returns the oldest connection that is not admitted, of the host that has the most
// of them: who opens many closes its own. The lock is held.
func (l *limitedListener) victim() *limitedConn {
	count := map[string]int{}
	most := 0
	for _, c := range l.conns {
		if !c.admitted {
			count[c.host()]++
			most = max(most, count[c.host()])
		}
	}
	for _, c := range l.conns {
		if !c.admitted && count[c.host()] == most {
			return c
		}
	}
	return nil
}

// Close ends Accept.
func (l *limitedListener) Close() error {
	l.closeOnce.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// limitedConn gives its place back when it is closed.
type limitedConn struct {
	net.Conn
	listener *limitedListener
	admitted bool // the listener's lock guards it
}

// admit has the connection stay when others come.
func (c *limitedConn) admit() {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.admitted = true
}

func (c *limitedConn) host() string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return c.RemoteAddr().String()
	}
	return host
}

// Close may be called again.
func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

func (c *limitedConn) leave() {
	l := c.listener
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = slices.DeleteFunc(l.conns, func(other *limitedConn) bool { return other == c })
	select {
	case l.left <- struct{}{}:
	default:
	}
}
