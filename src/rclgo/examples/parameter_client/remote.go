package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	rcl_interfaces "rclgo_examples/msgs/rcl_interfaces/msg"
	rcl_services "rclgo_examples/msgs/rcl_interfaces/srv"
)

// set sets a parameter of type double of the node remote.
func set(ctx context.Context, node *rclgo.Node, remote, name string, value float64) error {
	client, err := rcl_services.NewSetParametersClient(node, remote+"/set_parameters", nil)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := available(ctx, client.Client, remote); err != nil {
		return err
	}
	parameter := rcl_interfaces.NewParameter()
	parameter.Name = name
	parameter.Value.Type, parameter.Value.DoubleValue = rcl_interfaces.ParameterType_PARAMETER_DOUBLE, value
	response, _, err := client.Send(ctx, &rcl_services.SetParameters_Request{Parameters: []rcl_interfaces.Parameter{*parameter}})
	if err != nil {
		return err
	}
	if len(response.Results) != 1 || !response.Results[0].Successful {
		return fmt.Errorf("%s refuses %s: %+v", remote, name, response.Results)
	}
	return nil
}

// get returns a parameter of type double of the node remote.
func get(ctx context.Context, node *rclgo.Node, remote, name string) (float64, error) {
	client, err := rcl_services.NewGetParametersClient(node, remote+"/get_parameters", nil)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	if err := available(ctx, client.Client, remote); err != nil {
		return 0, err
	}
	response, _, err := client.Send(ctx, &rcl_services.GetParameters_Request{Names: []string{name}})
	if err != nil {
		return 0, err
	}
	// A node answers with no values at all if it refuses to get undeclared ones.
	if len(response.Values) != 1 || response.Values[0].Type != rcl_interfaces.ParameterType_PARAMETER_DOUBLE {
		return 0, fmt.Errorf("%s has no parameter %s of type double", remote, name)
	}
	return response.Values[0].DoubleValue, nil
}

// available waits until there is a server: a request without one is lost.
func available(ctx context.Context, client *rclgo.Client, remote string) error {
	for {
		ok, err := client.ServerIsAvailable()
		if ok || err != nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("no node %s with parameter services", remote), ctx.Err())
		}
	}
}
