// Command switch_client turns the switch of switch_server: switch_client on.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	std_srvs "rclgo_examples/msgs/std_srvs/srv"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, arguments []string) (err error) {
	args, rest, err := rclgo.ParseArgs(arguments)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] != "on" && rest[0] != "off" {
		return errors.New("usage: switch_client on|off [--ros-args …]")
	}
	if err := rclgo.Init(args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }()

	node, err := rclgo.NewNode("switch_client", "")
	if err != nil {
		return err
	}
	client, err := std_srvs.NewSetBoolClient(node, "/switch/turn", nil)
	if err != nil {
		return err
	}
	// The response arrives in the goroutine that spins. It ends before Uninit.
	spinning, stop := context.WithCancel(ctx)
	spun := make(chan error, 1)
	go func() { spun <- node.Spin(spinning) }()
	defer func() { stop(); <-spun }()

	for { // A request without a server is lost.
		if available, err := client.ServerIsAvailable(); available {
			break
		} else if err != nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("no server of /switch/turn: start switch_server: %w", ctx.Err())
		}
	}
	response, _, err := client.Send(ctx, &std_srvs.SetBool_Request{Data: rest[0] == "on"})
	if err != nil {
		return err
	}
	fmt.Println(response.Success, response.Message)
	return nil
}
