package rclgo_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

func TestErrorsHaveTheTypeOfTheirReturnCode(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "errors")

	_, err := c.NewNode("no spaces", "")
	wantError[*rclgo.NodeInvalidName](t, "node name", err)
	_, err = c.NewNode("", "")
	wantError[*rclgo.NodeInvalidName](t, "empty node name", err)
	_, err = c.NewNode("name", "/ends/with/")
	wantError[*rclgo.NodeInvalidNamespace](t, "namespace", err)
	_, err = n.NewPublisher("no spaces", testmsg.StringTypeSupport, nil)
	wantError[*rclgo.TopicNameInvalid](t, "publisher", err)
	_, err = n.NewPublisher("a/{unknown}", testmsg.StringTypeSupport, nil)
	wantError[*rclgo.TopicNameInvalid](t, "publisher with an unknown substitution", err)
	_, err = n.NewSubscription("1st", testmsg.StringTypeSupport, nil, nil)
	wantError[*rclgo.TopicNameInvalid](t, "subscription", err)
	_, err = n.NewService("no spaces", testmsg.SetBoolTypeSupport, nil, nil)
	wantError[*rclgo.ServiceNameInvalid](t, "service", err)
	_, err = n.NewClient("no spaces", testmsg.SetBoolTypeSupport, nil)
	wantError[*rclgo.ServiceNameInvalid](t, "client", err)
	_, err = c.NewTimer(-time.Second, nil)
	wantError[*rclgo.InvalidArgument](t, "timer", err)
	_, err = c.NewClock(99)
	wantError[*rclgo.InvalidArgument](t, "clock", err)
	_, err = n.GetServiceNamesAndTypesByNode("nobody", "/")
	wantError[*rclgo.NodeNameNonExistent](t, "graph", err)
	_, err = rclgo.ExpandTopicName("a b", "node", "/", nil)
	wantError[*rclgo.TopicNameInvalid](t, "ExpandTopicName", err)
	_, _, err = rclgo.ParseArgs([]string{"--ros-args", "-r", "nonsense"})
	wantError[*rclgo.InvalidRosArgs](t, "ParseArgs", err)
}

func TestFailedClockLeavesTheContextAlone(t *testing.T) {
	c := newContext(t, domain)
	if _, err := c.NewClock(99); err == nil {
		t.Fatal("no error")
	}
	newNode(t, c, "alive")
}

func TestErrorCarriesRclsTextAndTheOperation(t *testing.T) {
	c := newContext(t, domain)
	_, err := c.NewNode("no spaces", "")
	for _, want := range []string{`create node "no spaces"`, "invalid node name", "must not contain characters other than"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want it to contain %q", err, want)
		}
	}
	// The text belongs to that call: the next one has its own.
	_, err = rclgo.ExpandTopicName("a b", "node", "/", nil)
	if err == nil || strings.Contains(err.Error(), "node name") {
		t.Errorf("got %q, which is the error before", err)
	}
}

// TestRefusedNamesOfNodesAreThoseOfTheArguments: rmw checks names after remapping,
// and explains a namespace as if it were a node's name.
func TestRefusedNamesOfNodesAreThoseOfTheArguments(t *testing.T) {
	long := "/" + strings.Repeat("a", 300)
	for _, test := range []struct {
		rule string
		want []string
	}{
		{"__ns:=/robot/", []string{`create node "plain" in namespace "/robot/"`, "invalid node namespace", "must not end with a '/'"}},
		{"plain:__ns:=/robot/", []string{`in namespace "/robot/"`, "must not end with a '/'"}},
		{"__ns:=" + long, []string{long, "namespace should not exceed"}},
		{"__node:=" + long[1:], []string{"create node \"" + long[1:] + "\":", "invalid node name", "node name length should not exceed"}},
	} {
		c := newContext(t, domain, "--ros-args", "-r", test.rule)
		_, err := c.NewNode("plain", "")
		if strings.HasPrefix(test.rule, "__node") {
			wantError[*rclgo.NodeInvalidName](t, test.rule, err)
		} else {
			wantError[*rclgo.NodeInvalidNamespace](t, test.rule, err)
		}
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want it to contain %q", test.rule, err, want)
			}
		}
	}
}

// TestErrorTextIsOfTheCallThatFailed would mix texts if an error were read on
// another thread than the call's.
func TestErrorTextIsOfTheCallThatFailed(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range 1000 {
				// rcl repeats the offending rule in its text.
				rule := fmt.Sprintf("bad_rule_%d_%d", i, j)
				_, _, err := rclgo.ParseArgs([]string{"--ros-args", "--remap", rule})
				if err == nil {
					t.Errorf("%s: no error", rule)
					return
				}
				_, text, _ := strings.Cut(err.Error(), "invalid ROS arguments")
				if !strings.Contains(text, rule) {
					t.Errorf("text of %s: %q", rule, text)
					return
				}
			}
		}()
	}
	wg.Wait()
}

func TestUseBeforeInitIsAnError(t *testing.T) {
	if rclgo.DefaultContext() != nil {
		t.Fatal("there is a default context")
	}
	_, err := rclgo.NewNode("early", "")
	wantError[*rclgo.NotInit](t, "NewNode", err)
	_, err = rclgo.NewTimer(time.Second, nil)
	wantError[*rclgo.NotInit](t, "NewTimer", err)
	_, err = rclgo.NewClock(rclgo.ClockTypeSteadyTime)
	wantError[*rclgo.NotInit](t, "NewClock", err)
	_, err = rclgo.NewWaitSet()
	wantError[*rclgo.NotInit](t, "NewWaitSet", err)
	wantError[*rclgo.NotInit](t, "Spin", rclgo.Spin(t.Context()))
	if err := rclgo.Uninit(); err != nil {
		t.Errorf("Uninit: %v", err)
	}
}

func TestUseAfterCloseIsATypedError(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "closed")
	p, err := n.NewPublisher("closed", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := n.NewSubscription("closed", testmsg.StringTypeSupport, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := n.NewClient("closed", testmsg.SetBoolTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	timer, err := c.NewTimer(time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}

	wantError[*rclgo.PublisherInvalid](t, "Publish", p.Publish(&testmsg.String{}))
	wantError[*rclgo.PublisherInvalid](t, "PublishSerialized", p.PublishSerialized(cdr("")))
	_, err = p.GetSubscriptionCount()
	wantError[*rclgo.PublisherInvalid](t, "GetSubscriptionCount", err)
	_, err = s.TakeMessage(&testmsg.String{})
	wantError[*rclgo.SubscriptionInvalid](t, "TakeMessage", err)
	_, _, err = s.TakeSerializedMessage()
	wantError[*rclgo.SubscriptionInvalid](t, "TakeSerializedMessage", err)
	_, err = s.GetPublisherCount()
	wantError[*rclgo.SubscriptionInvalid](t, "GetPublisherCount", err)
	_, _, err = client.Send(t.Context(), &testmsg.SetBoolRequest{})
	wantError[*rclgo.ClientInvalid](t, "Send", err)
	_, err = client.ServerIsAvailable()
	wantError[*rclgo.ClientInvalid](t, "ServerIsAvailable", err)
	_, err = n.NewPublisher("closed", testmsg.StringTypeSupport, nil)
	wantError[*rclgo.NodeInvalid](t, "NewPublisher", err)
	_, err = n.NewSubscription("closed", testmsg.StringTypeSupport, nil, nil)
	wantError[*rclgo.NodeInvalid](t, "NewSubscription", err)
	_, err = n.NewService("closed", testmsg.SetBoolTypeSupport, nil, nil)
	wantError[*rclgo.NodeInvalid](t, "NewService", err)
	_, err = n.NewClient("closed", testmsg.SetBoolTypeSupport, nil)
	wantError[*rclgo.NodeInvalid](t, "NewClient", err)
	_, _, err = n.GetNodeNames()
	wantError[*rclgo.NodeInvalid](t, "GetNodeNames", err)
	_, err = n.GetTopicNamesAndTypes(false)
	wantError[*rclgo.NodeInvalid](t, "GetTopicNamesAndTypes", err)
	_, err = n.GetPublishersInfoByTopic("/closed", false)
	wantError[*rclgo.NodeInvalid](t, "GetPublishersInfoByTopic", err)
	wantError[*rclgo.NodeInvalid](t, "Node.Spin", n.Spin(t.Context()))
	if err := n.Logger().Debug("the logger outlives its node"); err != nil {
		t.Errorf("Debug: %v", err)
	}

	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	wantError[*rclgo.TimerInvalid](t, "Reset", timer.Reset())
	_, err = timer.GetTimeUntilNextCall()
	wantError[*rclgo.TimerInvalid](t, "GetTimeUntilNextCall", err)
	wantError[*rclgo.WaitSetInvalid](t, "Run", w.Run(t.Context()))
	_, err = c.NewNode("closed", "")
	wantError[*rclgo.AlreadyShutdown](t, "NewNode", err)
	_, err = c.NewTimer(time.Second, nil)
	wantError[*rclgo.AlreadyShutdown](t, "NewTimer", err)
	_, err = c.NewClock(rclgo.ClockTypeSteadyTime)
	wantError[*rclgo.AlreadyShutdown](t, "NewClock", err)
	_, err = c.NewWaitSet()
	wantError[*rclgo.AlreadyShutdown](t, "NewWaitSet", err)
	wantError[*rclgo.AlreadyShutdown](t, "Context.Spin", c.Spin(t.Context()))
	wantError[*rclgo.AlreadyShutdown](t, "Node.Spin of a closed context", n.Spin(t.Context()))
}
