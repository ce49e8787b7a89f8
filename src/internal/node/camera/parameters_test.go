package camera

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
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	rcl_interfaces_msg "av_capture/src/msgs/rcl_interfaces/msg"
	rcl_interfaces_srv "av_capture/src/msgs/rcl_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// slowOpen is a camera that takes its time to open: with a width of 300 pixels
// until it may, and with one of 400 until the test ends, whatever becomes of the
// context.
type slowOpen struct {
	*synthetic.Camera
	width   int
	opening chan int // told of every slow opening
	open    chan struct{}
	end     chan struct{}
}

func (s *slowOpen) Open(ctx context.Context) (media.VideoFormat, error) {
	switch s.width {
	case 300:
		s.opening <- s.width
		select {
		case <-s.open:
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
	n, err := nodetest.NewContext(t).NewNode("client", "")
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
	nodetest.Background(t, n.Spin)
	for _, client := range []*rclgo.Client{c.setter.Client, c.getter.Client} {
		nodetest.Eventually(t, "the node's services", func() bool {
			found, err := client.ServerIsAvailable()
			return err == nil && found
		})
	}
	return c
}

// set sets one integer and returns the outcome.
func (c *parameterClient) set(name string, value int64) rcl_interfaces_msg.SetParametersResult {
	request := rcl_interfaces_srv.NewSetParametersAtomically_Request()
	request.Parameters = []rcl_interfaces_msg.Parameter{{
		Name:  name,
		Value: rcl_interfaces_msg.ParameterValue{Type: rcl_interfaces_msg.ParameterType_PARAMETER_INTEGER, IntegerValue: value},
	}}
	ctx, cancel := context.WithTimeout(context.Background(), nodetest.Deadline)
	defer cancel()
	response, _, err := c.setter.Send(ctx, request)
	if err != nil {
		c.Error(err)
		return rcl_interfaces_msg.SetParametersResult{}
	}
	return response.Result
}

// get returns an integer.
func (c *parameterClient) get(name string) int64 {
	request := rcl_interfaces_srv.NewGetParameters_Request()
	request.Names = []string{name}
	ctx, cancel := context.WithTimeout(context.Background(), nodetest.Deadline)
	defer cancel()
	response, _, err := c.getter.Send(ctx, request)
	if err != nil || len(response.Values) != 1 {
		c.Fatalf("get %s: %v, %v", name, response, err)
	}
	return response.Values[0].IntegerValue
}

// How long an answer may take is checked on a clock of the test's own, in
// TestASourceThatOpensTooLateIsGivenUp: here it comes at all.
func TestAChangeIsAnsweredInTimeHoweverLongTheSourceTakes(t *testing.T) {
	opening, open, end := make(chan int, 10), make(chan struct{}), make(chan struct{})
	// Another run of this test on the same machine must not be asked.
	name := fmt.Sprintf("camera_%d", os.Getpid())
	camera, err := New(nodetest.NewContext(t), node.Options{Name: name}, func(config Config, _ func(string)) (acquire.VideoSource, error) {
		return &slowOpen{
			Camera: synthetic.NewCamera(synthetic.CameraConfig{
				Width: config.ImageWidth, Height: config.ImageHeight, FrameRate: 10, Encoding: "bgr8",
			}),
			width: config.ImageWidth, opening: opening, open: open, end: end,
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	nodetest.Background(t, camera.Run)
	release := sync.OnceFunc(func() { close(end) })
	t.Cleanup(release)
	client := newParameterClient(t, "/"+name)

	// start sets a width that opens slowly, and returns when it is opening.
	start := func(width int64) <-chan rcl_interfaces_msg.SetParametersResult {
		answer := make(chan rcl_interfaces_msg.SetParametersResult, 1)
		go func() { answer <- client.set("image_width", width) }()
		select {
		case <-opening:
		case <-time.After(nodetest.Deadline):
			t.Fatalf("the source with %d was not opened within %v", width, nodetest.Deadline)
		}
		return answer
	}

	slow := start(300)
	if got := client.get("image_width"); got != 640 {
		t.Errorf("image_width is %d while the source with 300 opens, want 640", got)
	}
	select {
	case <-slow:
		t.Error("the change was answered before its source was open")
	default:
	}
	close(open)
	if got := <-slow; !got.Successful {
		t.Errorf("a source that takes its time: %+v", got)
	}
	if got := client.get("image_width"); got != 300 {
		t.Errorf("image_width is %d, want 300", got)
	}

	hanging := start(400)
	if got := client.get("image_width"); got != 300 {
		t.Errorf("image_width is %d while the source with 400 opens, want 300", got)
	}
	if got := <-hanging; got.Successful || !strings.Contains(got.Reason, "in time") {
		t.Errorf("a source that hangs: %+v", got)
	}
	// It hangs still, and is left behind: the one of before goes on, and others can be
	// had as ever.
	nodetest.Eventually(t, "a change while a source hangs", func() bool {
		return client.set("image_width", 320).Successful
	})
	if got := client.get("image_width"); got != 320 {
		t.Errorf("image_width is %d, want 320", got)
	}
	if left := camera.Supervisor.Left(); left.Count() != 1 {
		t.Errorf("%v left behind, want the source with 400", left)
	}
	release()
	nodetest.Eventually(t, "the source that hung to come back", func() bool { return camera.Supervisor.Left().Count() == 0 })
}
