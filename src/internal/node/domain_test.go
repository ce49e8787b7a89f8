package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// testDomain is the ROS domain of this run: nodes of two runs in one domain
// would answer each other's requests.
var testDomain uint

func TestMain(m *testing.M) {
	os.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
	if topics := os.Getenv(readerTopics); topics != "" {
		os.Exit(read(topics))
	}
	lock := reserveDomain()
	status := m.Run()
	lock.Close()
	os.Exit(status)
}

// reserveDomain takes a domain that no other run of these tests on this machine
// has, until the lock is closed: a socket without a file, whose name is free
// again when the process ends, however it ends.
func reserveDomain() (lock io.Closer) {
	for testDomain = 40; testDomain < 60; testDomain++ {
		name := fmt.Sprintf("@av_capture/node_test/%d", testDomain)
		if lock, err := net.ListenPacket("unixgram", name); err == nil {
			return lock
		}
	}
	panic("no free ROS domain from 40 to 59")
}

// newContext returns a context in the tests' domain, closed at the test's end.
func newContext(t testing.TB) *rclgo.Context {
	t.Helper()
	parent, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{
		ClockType: rclgo.ClockTypeSystemTime,
		DomainID:  testDomain,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := parent.Close(); err != nil {
			t.Error(err)
		}
	})
	return parent
}

// background runs f with a context that ends with the test, and waits for it.
func background(t testing.TB, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// deadline is for conditions that come true in milliseconds on an idle machine.
const deadline = time.Minute

// eventually waits until the condition is true.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	end := time.Now().Add(deadline)
	for !condition() {
		if time.Now().After(end) {
			t.Fatalf("waited %v for: %s", deadline, what)
		}
		time.Sleep(time.Millisecond)
	}
}
