// Command parameter_client prints a parameter of type double of another node,
// after it has set it if a value is given:
//
//	parameter_client /parameter_server period 0.1
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
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
	if len(rest) != 2 && len(rest) != 3 {
		return errors.New("usage: parameter_client NODE NAME [VALUE] [--ros-args …]")
	}
	remote, name := rest[0], rest[1]
	if err := rclgo.Init(args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }()

	node, err := rclgo.NewNode("parameter_client", "")
	if err != nil {
		return err
	}
	// The responses arrive in the goroutine that spins. It ends before Uninit.
	spinning, stop := context.WithCancel(ctx)
	spun := make(chan error, 1)
	go func() { spun <- node.Spin(spinning) }()
	defer func() { stop(); <-spun }()

	if len(rest) == 3 {
		value, err := strconv.ParseFloat(rest[2], 64)
		if err != nil {
			return fmt.Errorf("the value must be a number: %w", err)
		}
		if err := set(ctx, node, remote, name, value); err != nil {
			return err
		}
	}
	value, err := get(ctx, node, remote, name)
	if err != nil {
		return err
	}
	fmt.Println(value)
	return nil
}
