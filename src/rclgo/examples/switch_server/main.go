// Command switch_server has a service that turns something on and off.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	std_srvs "rclgo_examples/msgs/std_srvs/srv"
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

	node, err := rclgo.NewNode("switch", "")
	if err != nil {
		return err
	}
	on := false // only the goroutine of Spin uses it
	_, err = std_srvs.NewSetBoolService(node, "~/turn", nil,
		func(_ *rclgo.ServiceInfo, request *std_srvs.SetBool_Request, sender std_srvs.SetBoolServiceResponseSender) {
			response := std_srvs.NewSetBool_Response()
			if response.Success = request.Data != on; response.Success {
				response.Message = "turned"
			} else {
				response.Message = "is so already"
			}
			on = request.Data
			if err := sender.SendResponse(response); err != nil {
				node.Logger().Error(err)
			}
		})
	if err != nil {
		return err
	}
	return node.Spin(ctx)
}
