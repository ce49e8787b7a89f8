// Command listener prints the lines of text that a talker publishes, and logs
// when a talker offers less than it asks for.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	std_msgs "rclgo_examples/msgs/std_msgs/msg"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, arguments []string) (err error) {
	args, _, err := rclgo.ParseArgs(arguments)
	if err != nil {
		return err
	}
	if err := rclgo.Init(args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }()

	node, err := rclgo.NewNode("listener", "")
	if err != nil {
		return err
	}
	options := rclgo.NewDefaultSubscriptionOptions()
	options.Qos.Reliability = rclgo.ReliabilityReliable // no line may be missing
	subscription, err := std_msgs.NewStringSubscription(node, "chatter", options,
		func(message *std_msgs.String, _ *rclgo.MessageInfo, err error) {
			if err != nil {
				node.Logger().Error(err)
				return
			}
			fmt.Println("heard:", message.Data)
		})
	if err != nil {
		return err
	}
	err = subscription.OnIncompatibleQos(func(status rclgo.IncompatibleQosStatus) {
		node.Logger().Warnf("a talker's %s does not fit: nothing is heard of it", status.LastPolicy)
	})
	if err != nil {
		return err
	}
	return node.Spin(ctx)
}
