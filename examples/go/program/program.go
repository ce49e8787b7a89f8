// Package program is the frame of the examples in Go: a node, until Ctrl-C.
package program

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Spin calls setUp with a node of that name and spins it until Ctrl-C. It takes --ros-args
// of the command line, and an error ends the program.
func Spin(name string, setUp func(*rclgo.Node) error) {
	if err := spin(name, setUp); !errors.Is(err, context.Canceled) {
		Check(err)
	}
}

// Check ends the program with an error, if it is one.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func spin(name string, setUp func(*rclgo.Node) error) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	args, _, err := rclgo.ParseArgs(os.Args[1:])
	if err != nil {
		return err
	}
	if err := rclgo.Init(args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }()
	node, err := rclgo.NewNode(name, "")
	if err != nil {
		return err
	}
	if err := setUp(node); err != nil {
		return err
	}
	return node.Spin(ctx)
}
