package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/access"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
	"av_capture/src/msgs/rcl_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// errBusy refuses a change that had to wait too long for its turn.
var errBusy = errors.New("an earlier change of parameters is still being carried out: try again")

// Do runs a job for a request that has just arrived, in turn with changes of parameters. Its
// context ends when the answer has to be sent. If its turn has not come by then, Do calls
// refuse with the reason instead, beside an earlier job. Do does not block. Any goroutine may
// call it until Close.
func (s *Server) Do(job func(ctx context.Context), refuse func(error)) {
	ctx, cancel := context.WithTimeout(s.ctx, Limit)
	s.jobs.add(ctx, func() {
		defer cancel()
		job(ctx)
	}, func() {
		defer cancel()
		refuse(errBusy)
	})
}

// mostNames bounds the parameters of one request: far more than any node has.
const mostNames = 1024

// errTooMany refuses a request before any work on it.
var errTooMany = fmt.Errorf("too many parameters in one request, at most %d are taken", mostNames)

// setAll answers SetParametersAtomically.
func (s *Server) setAll(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	parameters := request.(*rcl_interfaces_srv.SetParametersAtomically_Request).Parameters
	answer := func(remark string, err error) {
		response := rcl_interfaces_srv.NewSetParametersAtomically_Response()
		response.Result = result(remark, err)
		s.send(to, response)
	}
	if len(parameters) > mostNames {
		answer("", errTooMany)
		return
	}
	s.Do(func(ctx context.Context) { answer(s.set(ctx, parameters)) },
		func(busy error) { answer("", busy) })
}

// setEach answers SetParameters, a change for each parameter. It applies them together if that
// works, since each might open a device.
func (s *Server) setEach(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	parameters := request.(*rcl_interfaces_srv.SetParameters_Request).Parameters
	answer := func(results []rcl_interfaces_msg.SetParametersResult) {
		response := rcl_interfaces_srv.NewSetParameters_Response()
		response.Results = results
		s.send(to, response)
	}
	refuse := func(why error) {
		answer(slices.Repeat([]rcl_interfaces_msg.SetParametersResult{result("", why)}, len(parameters)))
	}
	if len(parameters) > mostNames {
		refuse(errTooMany)
		return
	}
	s.Do(func(ctx context.Context) {
		results, ok := s.setTogether(ctx, parameters)
		if !ok {
			for i := range parameters {
				if s.asked.Table().Lookup(parameters[i].Name) != nil {
					results[i] = result(s.set(ctx, parameters[i:i+1]))
				}
			}
		}
		answer(results)
	}, refuse)
}

// set applies one change of one or more parameters.
func (s *Server) set(ctx context.Context, parameters []rcl_interfaces_msg.Parameter) (remark string, err error) {
	asked, err := with(s.asked, s.started, parameters)
	if err != nil {
		return "", err
	}
	if remark, err = s.apply(ctx, asked); err != nil {
		return "", refused(asked, names(parameters), err)
	}
	s.commit(asked, names(parameters))
	return remark, nil
}

// setTogether applies changes of one parameter each at once, and returns their results. It
// returns false, having changed nothing, if that does not work; the results of undeclared
// parameters are right even then.
func (s *Server) setTogether(ctx context.Context, parameters []rcl_interfaces_msg.Parameter) ([]rcl_interfaces_msg.SetParametersResult, bool) {
	asked := s.asked
	results := make([]rcl_interfaces_msg.SetParametersResult, len(parameters))
	var accepted []int
	unknown := 0
	for i := range parameters {
		if asked.Table().Lookup(parameters[i].Name) == nil {
			// The search for a similar name takes time, so that it is done a few times only.
			if unknown++; unknown > param.MaxTold {
				results[i] = result("", &param.Error{Parameter: parameters[i].Name, Reason: "not declared"})
				continue
			}
		}
		next, err := with(asked, s.started, parameters[i:i+1])
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
		// One by one shows which of them failed, if there is time.
		if len(accepted) > 1 && ctx.Err() == nil {
			return results, false
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

// commit notes the requested values and those in force, and publishes events: one for each
// change, given by the names of its parameters, and one for other differences. A job calls it.
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

// tell publishes the events of changes from the values before to those in force.
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

// with returns the values with a request's parameters changed: all, or, with the reason, none.
// The mask of a password keeps the password of the values, or of those at start; passwords
// themselves are refused.
func with(values, started param.Set, parameters []rcl_interfaces_msg.Parameter) (param.Set, error) {
	if len(parameters) == 0 {
		return values, errors.New("no parameter is given")
	}
	changes := make(map[string]param.Value, len(parameters))
	var refused []error
	for i := range parameters {
		if len(refused) == param.MaxTold {
			break
		}
		name := parameters[i].Name
		value, err := fromMessage(&parameters[i].Value)
		d := values.Table().Lookup(name)
		if err == nil && d != nil && d.Mask != nil && value.Kind() == d.Default.Kind() {
			if shown := d.Mask(value); !shown.Equal(value) {
				// Right or wrong, so that none can be found by trying.
				refused = append(refused, &param.Error{Parameter: name, Reason: fmt.Sprintf("got %s, which holds a password: give it at start; xxxxx stands for the one of then", shown.Quoted())})
				continue
			}
			value = d.Unmasked(value, values.Value(name), started.Value(name))
		}
		if err != nil && d != nil {
			refused = append(refused, &param.Error{Parameter: name, Reason: err.Error()})
			continue
		}
		changes[name] = value // the later of two with one name counts, as in rclcpp
	}
	changed, err := values.With(changes)
	if err = errors.Join(append(refused, err)...); err != nil {
		return values, err
	}
	return changed, nil
}

// refused returns the error for parameters that the device refused, with its reasons.
func refused(asked param.Set, names []string, err error) error {
	var values []string
	for _, name := range names {
		if len(values) == param.MaxTold {
			values = append(values, fmt.Sprintf("and %d more", len(names)-len(values)))
			break
		}
		values = append(values, fmt.Sprintf("%q = %s", name, masked(asked, name).Quoted()))
	}
	return fmt.Errorf("parameter %s: %w", strings.Join(values, ", "), err)
}

// names returns the names of a request's parameters, each once.
func names(parameters []rcl_interfaces_msg.Parameter) []string {
	var all []string
	has := make(map[string]bool, len(parameters))
	for i := range parameters {
		if name := parameters[i].Name; !has[name] {
			has[name] = true
			all = append(all, name)
		}
	}
	return all
}

// result returns the answer to a change, on one line and without passwords.
func result(remark string, err error) rcl_interfaces_msg.SetParametersResult {
	if err != nil {
		return rcl_interfaces_msg.SetParametersResult{Reason: access.Masked(strings.ReplaceAll(err.Error(), "\n", "; "))}
	}
	return rcl_interfaces_msg.SetParametersResult{Successful: true, Reason: access.Masked(remark)}
}
