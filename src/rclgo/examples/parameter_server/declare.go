package main

import (
	"slices"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	rcl_interfaces "rclgo_examples/msgs/rcl_interfaces/msg"
	rcl_services "rclgo_examples/msgs/rcl_interfaces/srv"
)

// declare gives a node a parameter of type double and the services that list, get
// and set it. apply refuses a value by an error. The goroutine that spins the node
// calls it.
func declare(node *rclgo.Node, name string, value float64, apply func(float64) error) error {
	log := func(err error) {
		if err != nil {
			node.Logger().Error(err)
		}
	}
	if _, err := rcl_services.NewListParametersService(node, "~/list_parameters", nil,
		func(_ *rclgo.ServiceInfo, request *rcl_services.ListParameters_Request, sender rcl_services.ListParametersServiceResponseSender) {
			response := rcl_services.NewListParameters_Response()
			if len(request.Prefixes) == 0 || slices.Contains(request.Prefixes, name) {
				response.Result.Names = []string{name}
			}
			log(sender.SendResponse(response))
		}); err != nil {
		return err
	}
	if _, err := rcl_services.NewGetParametersService(node, "~/get_parameters", nil,
		func(_ *rclgo.ServiceInfo, request *rcl_services.GetParameters_Request, sender rcl_services.GetParametersServiceResponseSender) {
			response := rcl_services.NewGetParameters_Response()
			for _, asked := range request.Names {
				got := rcl_interfaces.NewParameterValue() // of a type that means: not set
				if asked == name {
					got.Type, got.DoubleValue = rcl_interfaces.ParameterType_PARAMETER_DOUBLE, value
				}
				response.Values = append(response.Values, *got)
			}
			log(sender.SendResponse(response))
		}); err != nil {
		return err
	}
	_, err := rcl_services.NewSetParametersService(node, "~/set_parameters", nil,
		func(_ *rclgo.ServiceInfo, request *rcl_services.SetParameters_Request, sender rcl_services.SetParametersServiceResponseSender) {
			response := rcl_services.NewSetParameters_Response()
			for _, asked := range request.Parameters {
				result := rcl_interfaces.NewSetParametersResult()
				switch {
				case asked.Name != name:
					result.Reason = "there is no parameter " + asked.Name
				case asked.Value.Type != rcl_interfaces.ParameterType_PARAMETER_DOUBLE:
					result.Reason = name + " must be a double"
				default:
					if err := apply(asked.Value.DoubleValue); err != nil {
						result.Reason = err.Error()
					} else {
						value, result.Successful = asked.Value.DoubleValue, true
					}
				}
				response.Results = append(response.Results, *result)
			}
			log(sender.SendResponse(response))
		})
	return err
}
