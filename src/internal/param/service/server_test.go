package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
	"av_capture/src/msgs/rcl_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// TestMain fails if a server leaves anything behind. Files that the middleware keeps
// for as long as the process runs are open before.
func TestMain(m *testing.M) {
	os.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, nil)
	if err == nil {
		_, err = parent.NewNode("first", "")
		err = errors.Join(err, parent.Close())
	}
	if err != nil {
		panic(err)
	}
	os.Exit(leaktest.Run(m))
}

// stubborn is a backend whose changes last until their time is over, and succeed.
type stubborn struct {
	table   *param.Table
	started chan struct{}
}

func (b stubborn) Apply(ctx context.Context, _ param.Set) (string, error) {
	b.started <- struct{}{}
	<-ctx.Done()
	return "", nil
}
func (b stubborn) Table() *param.Table             { return b.table }
func (b stubborn) InForce() map[string]param.Value { return nil }
func (b stubborn) Warn(string)                     {}

// answers receives the responses to one client.
type answers chan types.Message

func (a answers) SendResponse(response types.Message) error {
	a <- response
	return nil
}

// TestAChangeWithoutATurnTouchesNothing needs the race detector to fail: what the
// change in force writes is not read by one whose time is over.
func TestAChangeWithoutATurnTouchesNothing(t *testing.T) {
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := parent.Close(); err != nil {
			t.Error(err)
		}
	}()
	node, err := parent.NewNode("service_test", "")
	if err != nil {
		t.Fatal(err)
	}
	parameters := table("a", "b")
	to := func(name string) []rcl_interfaces_msg.Parameter {
		return []rcl_interfaces_msg.Parameter{{Name: name, Value: toMessage(param.Int(2))}}
	}
	for range 20 {
		backend := stubborn{parameters, make(chan struct{}, 1)}
		s, err := New(node, parameters.Defaults(), DefaultEventsQos(), backend)
		if err != nil {
			t.Fatal(err)
		}
		first, second, third := make(answers, 1), make(answers, 1), make(answers, 1)
		s.setAll(nil, &rcl_interfaces_srv.SetParametersAtomically_Request{Parameters: to("a")}, first)
		<-backend.started
		s.setAll(nil, &rcl_interfaces_srv.SetParametersAtomically_Request{Parameters: to("b")}, second)
		s.setEach(nil, &rcl_interfaces_srv.SetParameters_Request{Parameters: append(to("a"), to("b")...)}, third)
		var closing sync.WaitGroup
		closing.Add(1)
		go func() { // which ends the time of all three
			defer closing.Done()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		if r := (<-first).(*rcl_interfaces_srv.SetParametersAtomically_Response).Result; !r.Successful {
			t.Errorf("the first change: %s", r.Reason)
		}
		results := (<-third).(*rcl_interfaces_srv.SetParameters_Response).Results
		if len(results) != 2 {
			t.Errorf("two changes have %d results", len(results))
		}
		results = append(results, (<-second).(*rcl_interfaces_srv.SetParametersAtomically_Response).Result)
		for _, r := range results {
			if r.Successful || !strings.Contains(r.Reason, errBusy.Error()) {
				t.Errorf("a change without a turn: %v, %q, want %q", r.Successful, r.Reason, errBusy)
			}
		}
		closing.Wait()
		if got := s.Values().Value("a").Int(); got != 2 || s.Values().Value("b").Int() != 1 {
			t.Errorf("a is %d, want 2, and b is %d, want 1", got, s.Values().Value("b").Int())
		}
	}
}

// willing is a backend that takes every change, and counts them.
type willing struct {
	table   *param.Table
	applied *int
	refuse  error
}

func (b willing) Apply(context.Context, param.Set) (string, error) { *b.applied++; return "", b.refuse }
func (b willing) Table() *param.Table                              { return b.table }
func (b willing) InForce() map[string]param.Value                  { return nil }
func (b willing) Warn(string)                                      {}

// newServer returns a server of two parameters, and what a request of these is answered.
func newServer(t *testing.T, refuse error) (applied *int, set func(...rcl_interfaces_msg.Parameter) (rcl_interfaces_msg.SetParametersResult, []rcl_interfaces_msg.SetParametersResult)) {
	t.Helper()
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, nil)
	if err != nil {
		t.Fatal(err)
	}
	node, err := parent.NewNode("service_test", "")
	if err != nil {
		t.Fatal(err)
	}
	parameters := table("number", "other")
	applied = new(int)
	s, err := New(node, parameters.Defaults(), DefaultEventsQos(), willing{parameters, applied, refuse})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), parent.Close()); err != nil {
			t.Error(err)
		}
	})
	return applied, func(p ...rcl_interfaces_msg.Parameter) (rcl_interfaces_msg.SetParametersResult, []rcl_interfaces_msg.SetParametersResult) {
		one, several := make(answers, 1), make(answers, 1)
		s.setAll(nil, &rcl_interfaces_srv.SetParametersAtomically_Request{Parameters: p}, one)
		s.setEach(nil, &rcl_interfaces_srv.SetParameters_Request{Parameters: p}, several)
		return (<-one).(*rcl_interfaces_srv.SetParametersAtomically_Response).Result,
			(<-several).(*rcl_interfaces_srv.SetParameters_Response).Results
	}
}

func TestTooManyParametersAreRefusedBeforeAnythingIsDone(t *testing.T) {
	applied, set := newServer(t, nil)
	many := make([]rcl_interfaces_msg.Parameter, mostNames+1)
	for i := range many {
		many[i] = rcl_interfaces_msg.Parameter{Name: "number", Value: toMessage(param.Int(int64(i)))}
	}
	all, each := set(many...)
	if len(each) != len(many) {
		t.Fatalf("%d results for %d parameters", len(each), len(many))
	}
	for _, r := range append(each, all) {
		if r.Successful || r.Reason != errTooMany.Error() {
			t.Fatalf("%+v, want %q", r, errTooMany)
		}
	}
	if *applied > 0 {
		t.Errorf("%d changes were carried out", *applied)
	}
	all, each = set(many[:mostNames]...)
	if !all.Successful || !each[0].Successful || !each[mostNames-1].Successful {
		t.Errorf("as many as are taken: %+v, %+v", all, each[0])
	}
}

func TestNamesThatNobodyKnowsAreComparedAFewTimes(t *testing.T) {
	for _, refuse := range []error{nil, errors.New("the device has gone")} {
		_, set := newServer(t, refuse)
		var strange []rcl_interfaces_msg.Parameter
		for i := range mostNames - 2 {
			strange = append(strange, rcl_interfaces_msg.Parameter{Name: fmt.Sprintf("numbe%d", i), Value: toMessage(param.Int(1))})
		}
		for _, name := range []string{"number", "other"} { // which are carried out one by one where the device refuses
			strange = append(strange, rcl_interfaces_msg.Parameter{Name: name, Value: toMessage(param.Int(1))})
		}
		all, each := set(strange...)
		proposals := 0
		for i, r := range each[:len(each)-2] {
			if r.Successful || !strings.Contains(r.Reason, strange[i].Name) || !strings.Contains(r.Reason, "not declared") {
				t.Fatalf("%q: %+v", strange[i].Name, r)
			}
			proposals += strings.Count(r.Reason, "did you mean")
		}
		if proposals == 0 || proposals > param.MaxTold {
			t.Errorf("%d proposals in one request, want 1 to %d", proposals, param.MaxTold)
		}
		if got := each[len(each)-1].Successful; got != (refuse == nil) {
			t.Errorf("what is known: %+v, want success %v", each[len(each)-1], refuse == nil)
		}
		if n := strings.Count(all.Reason, "did you mean"); all.Successful || n == 0 || n > param.MaxTold || len(all.Reason) > 4096 {
			t.Errorf("all at once: %v with %d proposals in %d bytes", all.Successful, n, len(all.Reason))
		}
	}
}

func TestAnswersToLongValuesAreShort(t *testing.T) {
	_, set := newServer(t, nil)
	long := strings.Repeat("x", 1<<20)
	for _, p := range []rcl_interfaces_msg.Parameter{
		{Name: long, Value: toMessage(param.Int(1))},
		{Name: "number", Value: toMessage(param.String(long))},
		{Name: "number", Value: toMessage(param.Strings(long, long))},
		{Name: "number", Value: toMessage(param.Ints(make([]int64, 1<<20)...))},
		{Name: "number", Value: toMessage(param.String(long[:param.MaxText]))},
	} {
		all, each := set(p)
		for _, r := range append(each, all) {
			if r.Successful || len(r.Reason) > 1000 {
				t.Errorf("%.20s: %v with %d bytes: %.100s", p.Name, r.Successful, len(r.Reason), r.Reason)
			}
		}
	}
}
