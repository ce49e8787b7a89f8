package rclgo_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

func TestContextsInDifferentDomainsDoNotMeet(t *testing.T) {
	type end struct {
		node *rclgo.Node
		pub  *rclgo.Publisher
		got  chan string
	}
	var ends []end
	// Two participants in one domain, to know when discovery is over, and one
	// in another.
	for i, d := range []uint{domain, domain, otherDomain} {
		c := newContext(t, d)
		e := end{node: newNode(t, c, fmt.Sprint("domain", i)), got: make(chan string, 10)}
		var err error
		if e.pub, err = e.node.NewPublisher("domain", testmsg.StringTypeSupport, nil); err != nil {
			t.Fatal(err)
		}
		if _, err = e.node.NewSubscription("domain", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) {
			var m testmsg.String
			if _, err := s.TakeMessage(&m); err != nil {
				t.Error(err)
			}
			e.got <- m.Data
		}); err != nil {
			t.Fatal(err)
		}
		spin(t, c.Spin)
		ends = append(ends, e)
	}
	for i, n := range []int{2, 2, 1} {
		matched(t, ends[i].pub, n)
	}
	for i, data := range []string{"a", "b", "c"} {
		if err := ends[i].pub.Publish(&testmsg.String{Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range [][]string{{"a", "b"}, {"a", "b"}, {"c"}} {
		var got []string
		for range want {
			got = append(got, receive(t, ends[i].got))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || len(ends[i].got) > 0 {
			t.Errorf("end %d got %q and %d more, want %q", i, got, len(ends[i].got), want)
		}
	}
}

func TestContextTakesTheDomainOfTheEnvironment(t *testing.T) {
	t.Setenv("ROS_DOMAIN_ID", "42")
	if otherDomain != 42 {
		t.Fatal("the test's domain is not the environment's")
	}
	c, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := newNode(t, c, "environment").NewPublisher("environment", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newNode(t, newContext(t, otherDomain), "explicit").NewSubscription("environment", testmsg.StringTypeSupport, nil, nil); err != nil {
		t.Fatal(err)
	}
	matched(t, p, 1)
}

// TestImpossibleDomainIsAnError: Fast DDS would end the process.
func TestImpossibleDomainIsAnError(t *testing.T) {
	_, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{DomainID: 233})
	wantError[*rclgo.InvalidArgument](t, "domain of the options", err)
	t.Setenv("ROS_DOMAIN_ID", "233")
	_, err = rclgo.NewContext(0, nil)
	wantError[*rclgo.InvalidArgument](t, "domain of the environment", err)
	if n := rclgo.LiveObjects(); n != 0 {
		t.Errorf("%d objects are left", n)
	}
	c, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{DomainID: 232})
	if err != nil {
		t.Fatal(err)
	}
	newNode(t, c, "last")
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestHandlesAreOfTheObjects(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "handle")
	p, err := n.NewPublisher("handle", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := n.NewSubscription("handle", testmsg.StringTypeSupport, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Handle() == nil || n.Handle() == nil || p.Handle() == nil || s.Handle() == nil {
		t.Error("a handle is nil")
	}
	if n.Context() != c || p.Node() != n || s.Node() != n {
		t.Error("something belongs to something else")
	}
}
