// Command events is the Go side of the tests of events: a publisher or a
// subscription that writes each status to the standard output, one line of JSON
// each. A line of the standard input has it publish. It ends when its input does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	msgs "rclgo_test/msgs/rclgo_test_msgs/msg"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: events publisher|subscription TOPIC QOS")
		os.Exit(1)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "events:", err)
		os.Exit(1)
	}
}

// run makes one side of a topic with the default quality of service but for what
// the JSON of a rclgo.QosProfile changes.
func run(side, topic, changes string) (err error) {
	qos := rclgo.NewDefaultQosProfile()
	if err := json.Unmarshal([]byte(changes), &qos); err != nil {
		return err
	}
	if err := rclgo.Init(nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }()
	node, err := rclgo.NewNode("events", "")
	if err != nil {
		return err
	}
	publish := func() error { return errors.New("a subscription does not publish") }
	switch side {
	case "publisher":
		publisher, err := node.NewPublisher(topic, msgs.NothingTypeSupport, &rclgo.PublisherOptions{Qos: qos})
		if err != nil {
			return err
		}
		publish = func() error { return publisher.Publish(msgs.NewNothing()) }
		err = errors.Join(
			publisher.OnIncompatibleQos(report[rclgo.IncompatibleQosStatus]("incompatible")),
			publisher.OnDeadlineMissed(report[rclgo.DeadlineMissedStatus]("deadline")),
			publisher.OnLivelinessLost(report[rclgo.LivelinessLostStatus]("liveliness")),
			publisher.OnMatched(report[rclgo.MatchedStatus]("matched")))
		if err != nil {
			return err
		}
	case "subscription":
		take := func(s *rclgo.Subscription) {
			if _, err := s.TakeMessage(msgs.NewNothing()); err != nil {
				write("failed", err.Error())
			}
		}
		subscription, err := node.NewSubscription(topic, msgs.NothingTypeSupport, &rclgo.SubscriptionOptions{Qos: qos}, take)
		if err != nil {
			return err
		}
		err = errors.Join(
			subscription.OnIncompatibleQos(report[rclgo.IncompatibleQosStatus]("incompatible")),
			subscription.OnDeadlineMissed(report[rclgo.DeadlineMissedStatus]("deadline")),
			subscription.OnLivelinessChanged(report[rclgo.LivelinessChangedStatus]("liveliness")),
			subscription.OnMatched(report[rclgo.MatchedStatus]("matched")))
		if err != nil {
			return err
		}
	default:
		return fmt.Errorf("no side %q: want publisher or subscription", side)
	}

	ctx, cancel := context.WithCancel(context.Background())
	spun := make(chan error, 1)
	go func() { spun <- node.Spin(ctx) }()
	write("ready", nil)
	for lines := bufio.NewScanner(os.Stdin); err == nil && lines.Scan(); {
		err = publish()
	}
	cancel()
	if e := <-spun; !errors.Is(e, context.Canceled) {
		err = errors.Join(err, e)
	}
	return err
}

// report returns a handler that writes each status of an event.
func report[T any](event string) func(T) {
	return func(status T) { write(event, status) }
}

var output sync.Mutex

func write(report string, message any) {
	output.Lock()
	defer output.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(struct {
		Report  string
		Message any
	}{report, message}); err != nil {
		panic(err) // nobody reads any more
	}
}
