// Package nodetest helps tests of nodes: domains of their own, readers in other
// processes, images, and clocks that can be set.
package nodetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"av_capture/src/internal/leaktest"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// testDomain is the ROS domain of this run: nodes of two runs in one domain
// would answer each other's requests.
var testDomain uint

// Main runs the tests of a package and fails if one leaves anything behind. Things
// that the middleware keeps as long as the process runs are open before.
func Main(m *testing.M) {
	os.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
	if topics := os.Getenv(readerTopics); topics != "" {
		os.Exit(read(topics))
	}
	lock := reserveDomain()
	parent, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{DomainID: testDomain})
	if err == nil {
		_, err = parent.NewNode("first", "")
		err = errors.Join(err, parent.Close())
	}
	if err != nil {
		panic(err)
	}
	status := leaktest.Run(m)
	lock.Close()
	os.Exit(status)
}

// reserveDomain takes a domain that no other run of these tests on this machine
// has, until the lock is closed: a socket without a file, whose name is free
// again when the process ends, however it ends.
func reserveDomain() (lock io.Closer) {
	for testDomain = 40; testDomain < 50; testDomain++ {
		name := fmt.Sprintf("@av_capture/node_test/%d", testDomain)
		if lock, err := net.ListenPacket("unixgram", name); err == nil {
			return lock
		}
	}
	panic("no free ROS domain from 40 to 49")
}

// NewContext returns a context in the tests' domain, closed at the test's end.
func NewContext(t testing.TB) *rclgo.Context {
	t.Helper()
	parent, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{
		ClockType: rclgo.ClockTypeSteadyTime,
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

// Background runs f with a context that ends with the test, and waits for it.
func Background(t testing.TB, f func(context.Context) error) {
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

// Deadline is for conditions that come true in milliseconds on an idle machine.
const Deadline = time.Minute

// Eventually waits until the condition is true.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	end := time.Now().Add(Deadline)
	for !condition() {
		if time.Now().After(end) {
			t.Fatalf("waited %v for: %s", Deadline, what)
		}
		time.Sleep(time.Millisecond)
	}
}

// Reliable returns a quality of service that loses nothing of a depth.
func Reliable(depth int) rclgo.QosProfile {
	qos := rclgo.NewDefaultQosProfile()
	qos.Reliability = rclgo.ReliabilityReliable
	qos.Durability = rclgo.DurabilityVolatile
	qos.History = rclgo.HistoryKeepLast
	qos.Depth = depth
	return qos
}
