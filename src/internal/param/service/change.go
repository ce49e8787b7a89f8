package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
	"av_capture/src/msgs/rcl_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// errBusy refuses a change whose turn has not come in time.
var errBusy = errors.New("an earlier change of parameters is still being carried out: try again")

// Do runs a job that must not run beside a change of parameters, when its turn
// has come, with a context that ends when the answer to its request, which has
// just arrived, has to be sent. It does not block, and may be called from any
// goroutine until Close.
func (s *Server) Do(job func(ctx context.Context)) {
	ctx, cancel := context.WithTimeout(s.ctx, Limit)
	s.jobs.add(ctx, func() {
		defer cancel()
		job(ctx)
	})
}

// setAll answers SetParametersAtomically.
func (s *Server) setAll(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	parameters := request.(*rcl_interfaces_srv.SetParametersAtomically_Request).Parameters
	s.Do(func(ctx context.Context) {
		response := rcl_interfaces_srv.NewSetParametersAtomically_Response()
		response.Result = result(s.set(ctx, parameters))
		s.send(to, response)
	})
}

// setEach answers SetParameters, which is so many changes. Where all of them
// can be carried out together that is done, since each might open a device.
func (s *Server) setEach(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	parameters := request.(*rcl_interfaces_srv.SetParameters_Request).Parameters
	s.Do(func(ctx context.Context) {
		response := rcl_interfaces_srv.NewSetParameters_Response()
		var ok bool
		if response.Results, ok = s.setTogether(ctx, parameters); !ok {
			response.Results = nil
			for i := range parameters {
				response.Results = append(response.Results, result(s.set(ctx, parameters[i:i+1])))
			}
		}
		s.send(to, response)
	})
}

// set carries out one change of one or more parameters.
func (s *Server) set(ctx context.Context, parameters []rcl_interfaces_msg.Parameter) (remark string, err error) {
	asked, err := with(s.asked, parameters)
	if err != nil {
		return "", err
	}
	if remark, err = s.apply(ctx, asked); err != nil {
		return "", refused(asked, names(parameters), err)
	}
	s.commit(asked, names(parameters))
	return remark, nil
}

// setTogether carries out changes of one parameter each at once, and returns
// what came of each. It says no where that does not work, having changed
// nothing.
func (s *Server) setTogether(ctx context.Context, parameters []rcl_interfaces_msg.Parameter) ([]rcl_interfaces_msg.SetParametersResult, bool) {
	asked := s.asked
	results := make([]rcl_interfaces_msg.SetParametersResult, len(parameters))
	var accepted []int
	for i := range parameters {
		next, err := with(asked, parameters[i:i+1])
		if results[i] = result("", err); err == nil {
			asked = next
			accepted = append(accepted, i)
		}
	}
	if len(accepted) == 0 {
		return results, true
	}
	remark, err := s.apply(ctx, asked)
	if err != nil {
		// Which one it was is found out one by one, if there is time.
		if len(accepted) > 1 && ctx.Err() == nil {
			return nil, false
		}
		for _, i := range accepted {
			results[i] = result("", refused(asked, names(parameters[i:i+1]), err))
		}
		return results, true
	}
	changes := make([][]string, len(accepted))
	for n, i := range accepted {
		results[i] = result(remark, nil)
		changes[n] = []string{parameters[i].Name}
	}
	s.commit(asked, changes...)
	return results, true
}

// apply puts values into force, unless their time is over.
func (s *Server) apply(ctx context.Context, asked param.Set) (remark string, err error) {
	if ctx.Err() != nil {
		return "", errBusy
	}
	return s.backend.Apply(ctx, asked)
}

// commit notes what is asked for now and what is in force, and tells of it: an
// event for each of the changes, given by the names of their parameters, and
// one of what else became different by them. It is called by a job.
func (s *Server) commit(asked param.Set, changes ...[]string) {
	before := s.Values()
	given := s.backend.InForce()
	table := s.backend.Table()
	asked = asked.Rebase(table)
	inForce := asked.Overlay(given)
	asked = asked.Track(inForce)
	s.mu.Lock()
	s.asked, s.inForce = asked, inForce
	s.mu.Unlock()
	s.tell(before, changes)
}

// tell sends the events of changes from the values of before to those in force.
func (s *Server) tell(before param.Set, changes [][]string) {
	inForce := s.Values()
	told := slices.Concat(changes...)
	var added, others []string
	for _, d := range inForce.Table().Declarations() {
		switch {
		case before.Table().Lookup(d.Name) == nil:
			added = append(added, d.Name)
		case !slices.Contains(told, d.Name) && !inForce.Value(d.Name).Equal(before.Value(d.Name)):
			others = append(others, d.Name)
		}
	}
	var event rcl_interfaces_msg.ParameterEvent
	event.NewParameters = s.parameters(added...)
	for _, d := range before.Table().Declarations() {
		if inForce.Table().Lookup(d.Name) == nil {
			event.DeletedParameters = append(event.DeletedParameters, rcl_interfaces_msg.Parameter{Name: d.Name})
		}
	}
	if len(event.NewParameters)+len(event.DeletedParameters) > 0 {
		s.publish(&event)
	}
	gone := func(name string) bool { return inForce.Table().Lookup(name) == nil }
	for _, names := range append(changes, others) {
		if names = slices.DeleteFunc(slices.Clone(names), gone); len(names) > 0 {
			s.publish(&rcl_interfaces_msg.ParameterEvent{ChangedParameters: s.parameters(names...)})
		}
	}
}

// with returns the values with the parameters of a request changed, all or,
// with the reason, none.
func with(values param.Set, parameters []rcl_interfaces_msg.Parameter) (param.Set, error) {
	if len(parameters) == 0 {
		return values, errors.New("no parameter is given")
	}
	changes := make(map[string]param.Value, len(parameters))
	var refused []error
	for i := range parameters {
		name := parameters[i].Name
		value, err := fromMessage(&parameters[i].Value)
		if err != nil && values.Table().Lookup(name) != nil {
			refused = append(refused, &param.Error{Parameter: name, Reason: err.Error()})
			continue
		}
		changes[name] = value // of two with one name the later counts, as in rclcpp
	}
	changed, err := values.With(changes)
	if err = errors.Join(append(refused, err)...); err != nil {
		return values, err
	}
	return changed, nil
}

// refused says which parameters the device refused, and what it had to say.
func refused(asked param.Set, names []string, err error) error {
	var values []string
	for _, name := range names {
		values = append(values, fmt.Sprintf("%q = %s", name, asked.Value(name)))
	}
	return fmt.Errorf("parameter %s: %w", strings.Join(values, ", "), err)
}

// names returns the names of a request's parameters, each once.
func names(parameters []rcl_interfaces_msg.Parameter) []string {
	var all []string
	for i := range parameters {
		if !slices.Contains(all, parameters[i].Name) {
			all = append(all, parameters[i].Name)
		}
	}
	return all
}

// result says what came of a change, in one line.
func result(remark string, err error) rcl_interfaces_msg.SetParametersResult {
	if err != nil {
		return rcl_interfaces_msg.SetParametersResult{Reason: strings.ReplaceAll(err.Error(), "\n", "; ")}
	}
	return rcl_interfaces_msg.SetParametersResult{Successful: true, Reason: remark}
}
