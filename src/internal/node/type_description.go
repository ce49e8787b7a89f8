package node

import (
	"fmt"

	"av_capture/src/internal/rclext"
	type_description_interfaces_srv "av_capture/src/msgs/type_description_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// newTypeDescription makes ~/get_type_description, which describes the types that the
// node publishes. rcl has kept the descriptions of all types since the node was made.
func newTypeDescription(node *rclgo.Node) (*rclgo.Service, error) {
	service, err := type_description_interfaces_srv.NewGetTypeDescriptionService(node, "~/get_type_description", nil,
		func(_ *rclgo.ServiceInfo, request *type_description_interfaces_srv.GetTypeDescription_Request, sender type_description_interfaces_srv.GetTypeDescriptionServiceResponseSender) {
			response, err := rclext.DescribeType(node, request)
			if err == nil {
				err = sender.SendResponse(response)
			}
			if err != nil {
				node.Logger().Warn(err)
			}
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/get_type_description: %w", err)
	}
	return service.Service, nil
}
