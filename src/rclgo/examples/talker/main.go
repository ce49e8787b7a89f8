// Command talker publishes a line of text every second, and logs the number of
// listeners.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

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
	args, _, err := rclgo.ParseArgs(arguments) // --ros-args -r chatter:=news
	if err != nil {
		return err
	}
	// A timer on the steady clock keeps its period when the system's clock is set.
	options := rclgo.NewDefaultContextOptions()
	options.ClockType = rclgo.ClockTypeSteadyTime
	if err := rclgo.InitWithOpts(args, options); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }() // closes all that follows

	node, err := rclgo.NewNode("talker", "")
	if err != nil {
		return err
	}
	publisher, err := std_msgs.NewStringPublisher(node, "chatter", nil)
	if err != nil {
		return err
	}
	// The goroutine of Spin calls this handler and the timer's callback.
	err = publisher.OnMatched(func(status rclgo.MatchedStatus) {
		node.Logger().Infof("listeners: %d", status.CurrentCount)
	})
	if err != nil {
		return err
	}
	message := std_msgs.NewString()
	count := 0
	if _, err := rclgo.NewTimer(time.Second, func(*rclgo.Timer) {
		count++
		message.Data = fmt.Sprintf("hello %d", count)
		if err := publisher.Publish(message); err != nil {
			node.Logger().Error(err)
		}
	}); err != nil {
		return err
	}
	return rclgo.Spin(ctx)
}
