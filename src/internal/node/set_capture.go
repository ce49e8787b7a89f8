package node

import (
	"context"
	"fmt"

	std_srvs_srv "av_capture/src/msgs/std_srvs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// newSetCapture makes ~/set_capture, which frees the node's device and takes it again.
//
// A request waits for its turn among changes of parameters, which concern the device
// too, and not on the executor's thread.
func (b *Base) newSetCapture() (*rclgo.Service, error) {
	service, err := std_srvs_srv.NewSetBoolService(b.ROS, "~/set_capture", nil,
		func(_ *rclgo.ServiceInfo, request *std_srvs_srv.SetBool_Request, sender std_srvs_srv.SetBoolServiceResponseSender) {
			on := request.Data
			answer := func(o Outcome) {
				response := std_srvs_srv.NewSetBool_Response()
				response.Success, response.Message = o.Success, o.Message
				WarnUnanswered(b.Log, "set_capture", sender.SendResponse(response))
			}
			b.parameters.Do(func(ctx context.Context) { answer(NewOutcome(b.setCapture(ctx, on))) },
				func(busy error) { answer(NewOutcome("", busy)) })
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/set_capture: %w", err)
	}
	return service.Service, nil
}

// setCapture turns capture on, which a managed node must be active for, or off.
func (b *Base) setCapture(ctx context.Context, on bool) (message string, err error) {
	if on {
		if err := b.managed.refuse(); err != nil {
			return "", err
		}
	}
	return b.Supervisor.SetCapture(ctx, on)
}
