package node

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/msgs/rcl_interfaces/msg"
	"av_capture/src/msgs/rcl_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// answerLimit is the time within which clients get an answer.
const answerLimit = 5 * time.Second

// slowOpen is a camera that takes its time to open: 3 s with a width of 300
// pixels, and with one of 400 until the test ends, whatever becomes of the
// context.
type slowOpen struct {
	*synthetic.Camera
	width   int
	opening chan int // told of every slow opening
	end     chan struct{}
}

func (s *slowOpen) Open(ctx context.Context) (acquire.VideoFormat, error) {
	switch s.width {
	case 300:
		s.opening <- s.width
		select {
		case <-time.After(3 * time.Second): // the load under test, not a wait
		case <-ctx.Done():
		}
	case 400:
		s.opening <- s.width
		<-s.end
	}
	return s.Camera.Open(ctx)
}

// parameterClient sets and gets parameters of one node.
type parameterClient struct {
	*testing.T
	setter *rcl_interfaces_srv.SetParametersAtomicallyClient
	getter *rcl_interfaces_srv.GetParametersClient
}

func newParameterClient(t *testing.T, node string) *parameterClient {
	n, err := newContext(t).NewNode("client", "")
	if err != nil {
		t.Fatal(err)
	}
	c := &parameterClient{T: t}
	if c.setter, err = rcl_interfaces_srv.NewSetParametersAtomicallyClient(n, node+"/set_parameters_atomically", nil); err != nil {
		t.Fatal(err)
	}
	if c.getter, err = rcl_interfaces_srv.NewGetParametersClient(n, node+"/get_parameters", nil); err != nil {
		t.Fatal(err)
	}
	background(t, n.Spin)
	for _, client := range []*rclgo.Client{c.setter.Client, c.getter.Client} {
		eventually(t, "the node's services", func() bool {
			found, err := client.ServerIsAvailable()
			return err == nil && found
		})
	}
	return c
}

// set sets one integer and returns the outcome, and how long it took.
func (c *parameterClient) set(name string, value int64) (rcl_interfaces_msg.SetParametersResult, time.Duration) {
	request := rcl_interfaces_srv.NewSetParametersAtomically_Request()
	request.Parameters = []rcl_interfaces_msg.Parameter{{
		Name:  name,
		Value: rcl_interfaces_msg.ParameterValue{Type: rcl_interfaces_msg.ParameterType_PARAMETER_INTEGER, IntegerValue: value},
	}}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	start := time.Now()
	response, _, err := c.setter.Send(ctx, request)
	if err != nil {
		c.Error(err)
		return rcl_interfaces_msg.SetParametersResult{}, 0
	}
	return response.Result, time.Since(start)
}

// get returns an integer.
func (c *parameterClient) get(name string) int64 {
	request := rcl_interfaces_srv.NewGetParameters_Request()
	request.Names = []string{name}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	response, _, err := c.getter.Send(ctx, request)
	if err != nil || len(response.Values) != 1 {
		c.Fatalf("get %s: %v, %v", name, response, err)
	}
	return response.Values[0].IntegerValue
}

func TestAChangeIsAnsweredInTimeHoweverLongTheSourceTakes(t *testing.T) {
	opening, end := make(chan int, 10), make(chan struct{})
	// Another run of this test on the same machine must not be asked.
	name := fmt.Sprintf("camera_%d", os.Getpid())
	camera, err := NewCamera(newContext(t), Options{Name: name}, func(config CameraConfig, _ func(string)) (acquire.VideoSource, error) {
		return &slowOpen{
			Camera: synthetic.NewCamera(synthetic.CameraConfig{
				Width: config.ImageWidth, Height: config.ImageHeight, FrameRate: 10, Encoding: "bgr8",
			}),
			width: config.ImageWidth, opening: opening, end: end,
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	background(t, camera.Run)
	release := sync.OnceFunc(func() { close(end) })
	t.Cleanup(release) // before the node's end, which waits for the source
	client := newParameterClient(t, "/"+name)

	// start sets a width that opens slowly, and returns when it is opening.
	type outcome struct {
		result rcl_interfaces_msg.SetParametersResult
		took   time.Duration
	}
	start := func(width int64) <-chan outcome {
		answer := make(chan outcome, 1)
		go func() {
			result, took := client.set("image_width", width)
			answer <- outcome{result, took}
		}()
		select {
		case <-opening:
		case <-time.After(deadline):
			t.Fatalf("the source with %d was not opened within %v", width, deadline)
		}
		return answer
	}

	slow := start(300)
	if got := client.get("image_width"); got != 640 {
		t.Errorf("image_width is %d while the source with 300 opens, want 640", got)
	}
	select {
	case <-slow:
		t.Error("the change was answered before its source was open, or the query only after it")
	default:
	}
	if got := <-slow; !got.result.Successful || got.took < 3*time.Second || got.took > answerLimit {
		t.Errorf("a source of 3 s: %+v after %v", got.result, got.took)
	}
	if got := client.get("image_width"); got != 300 {
		t.Errorf("image_width is %d, want 300", got)
	}

	hanging := start(400)
	if got := client.get("image_width"); got != 300 {
		t.Errorf("image_width is %d while the source with 400 opens, want 300", got)
	}
	if got := <-hanging; got.result.Successful || got.took > answerLimit || !strings.Contains(got.result.Reason, "in time") {
		t.Errorf("a source that hangs: %+v after %v", got.result, got.took)
	}
	// It hangs still.
	if result, took := client.set("image_height", 240); result.Successful || took > answerLimit {
		t.Errorf("a change while a source hangs: %+v after %v", result, took)
	}
	if got := client.get("image_width"); got != 300 {
		t.Errorf("image_width is %d, want 300", got)
	}
	release()
	eventually(t, "a change after the source has come back", func() bool {
		result, _ := client.set("image_width", 320)
		return result.Successful
	})
	if got := client.get("image_width"); got != 320 {
		t.Errorf("image_width is %d, want 320", got)
	}
}
