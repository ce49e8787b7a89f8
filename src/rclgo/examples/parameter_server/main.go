// Command parameter_server is a node with a parameter, period, that other nodes
// list, get and set. rclgo has no parameters of its own: they are services.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/tiiuae/rclgo/pkg/rclgo"
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

	node, err := rclgo.NewNode("parameter_server", "")
	if err != nil {
		return err
	}
	if err := declare(node, "period", 0.5, func(seconds float64) error {
		if seconds <= 0 {
			return errors.New("period must be above 0 s")
		}
		node.Logger().Infof("period: %g s", seconds)
		return nil
	}); err != nil {
		return err
	}
	return node.Spin(ctx)
}
