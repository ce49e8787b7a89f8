package nodetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// readerTopics is the environment variable that makes this program a reader of
// image topics.
const readerTopics = "AV_CAPTURE_TEST_READER"

// Reader is a subscriber in a process of its own, as every subscriber of a
// camera is: within one process Fast DDS hands messages over by a shortcut.
type Reader struct {
	testing.TB
	said *bufio.Reader
}

// NewReader starts a reader of image topics. It ends with the test.
func NewReader(t testing.TB, topics ...string) *Reader {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program)
	child.Env = append(os.Environ(), readerTopics+"="+strings.Join(topics, ","), fmt.Sprintf("ROS_DOMAIN_ID=%d", testDomain))
	child.Stderr = os.Stderr
	hold, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		hold.Close()
		if err := child.Wait(); err != nil {
			t.Errorf("reader: %v", err)
		}
	})
	return &Reader{TB: t, said: bufio.NewReader(said)}
}

// Wait waits until the next image has arrived.
func (r *Reader) Wait() {
	if _, err := r.said.ReadByte(); err != nil {
		r.Fatalf("the reader has ended: %v", err)
	}
}

// read is the reader's process. It writes a byte for each image that it has
// taken, serialised, and ends when its standard input does.
func read(topics string) (status int) {
	parent, err := rclgo.NewContext(rclgo.ClockTypeSteadyTime, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer parent.Close()
	node, err := parent.NewNode(fmt.Sprintf("reader_%d", os.Getpid()), "")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for name := range strings.SplitSeq(topics, ",") {
		kind := sensor_msgs_msg.ImageTypeSupport
		if strings.HasSuffix(name, "/compressed") {
			kind = sensor_msgs_msg.CompressedImageTypeSupport
		}
		if _, err := node.NewSubscription(name, kind, nil, func(s *rclgo.Subscription) {
			if _, _, err := s.TakeSerializedMessage(); err == nil {
				os.Stdout.Write([]byte{'.'})
			}
		}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	node.Spin(ctx)
	return 0
}
