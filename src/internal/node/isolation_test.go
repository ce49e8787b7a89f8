package node_test

import (
	"context"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/node/nodetest"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// slowCamera takes 200 ms for each image, on the goroutine that publishes.
type slowCamera struct {
	acquire.VideoSource
	calls atomic.Int64
}

func (s *slowCamera) Run(ctx context.Context, emit func(*media.Image)) error {
	return s.VideoSource.Run(ctx, func(img *media.Image) {
		s.calls.Add(1)
		time.Sleep(200 * time.Millisecond) // the load under test, not a wait
		emit(img)
	})
}

func TestASlowCameraNeitherMovesNorLosesSound(t *testing.T) {
	const blocks = 300
	slow := &slowCamera{VideoSource: synthetic.NewCamera(synthetic.CameraConfig{
		Width: 640, Height: 480, FrameRate: 30, Encoding: "bgr8",
	})}
	parent := nodetest.NewContext(t)
	camera, err := camera.New(parent, node.Options{Name: "camera"}, func(camera.Config, func(string)) (acquire.VideoSource, error) {
		return slow, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	// The camera's executor is as busy as its publishing: a callback of 200 ms
	// that is due again when it returns.
	var callbacks atomic.Int64
	timer, err := parent.NewTimer(time.Millisecond, func(*rclgo.Timer) {
		callbacks.Add(1)
		time.Sleep(200 * time.Millisecond) // the load under test, not a wait
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { timer.Close() })
	camera.AddTimer(timer)

	microphone, err := microphone.New(parent, node.Options{Name: "microphone"}, func(config microphone.Config, _ func(string)) (acquire.AudioSource, error) {
		return synthetic.NewMicrophone(synthetic.MicrophoneConfig{
			SampleRate: config.SampleRate, Channels: 1, Encoding: media.S16LE, PeriodFrames: 441,
		}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { microphone.Close() })

	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan *av_capture_msg.AudioData, 10*blocks)
	options := &rclgo.SubscriptionOptions{Qos: nodetest.Reliable(10 * blocks)}
	sub, err := av_capture_msg.NewAudioDataSubscription(listener, "/microphone/audio", options,
		func(msg *av_capture_msg.AudioData, _ *rclgo.MessageInfo, err error) {
			if err == nil {
				heard <- msg
			}
		})
	if err != nil {
		t.Fatal(err)
	}
	images, err := sensor_msgs_msg.NewImageSubscription(listener, "/camera/image_raw", nil,
		func(*sensor_msgs_msg.Image, *rclgo.MessageInfo, error) {})
	if err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	matchedTo(t, microphone.ROS, sub.Subscription)
	matchedTo(t, camera.ROS, images.Subscription)
	nodetest.Background(t, camera.Run)
	nodetest.Background(t, microphone.Run)

	var got []*av_capture_msg.AudioData
	for len(got) < blocks {
		select {
		case block := <-heard:
			got = append(got, block)
		case <-time.After(nodetest.Deadline):
			t.Fatalf("no block in %v after %d, want %d", nodetest.Deadline, len(got), blocks)
		}
	}
	if slow.calls.Load() < 5 || callbacks.Load() < 5 {
		t.Fatalf("the camera was not busy: %d images, %d callbacks", slow.calls.Load(), callbacks.Load())
	}

	next := got[0].FirstFrame
	for i, block := range got {
		if block.FirstFrame != next || block.LostFrames != 0 {
			t.Fatalf("block %d starts at audio frame %d with %d lost, want %d and none", i, block.FirstFrame, block.LostFrames, next)
		}
		next += uint64(block.FrameCount)
	}
	// Stamps lie on a straight line of the sample rate: what moves them is the
	// camera's 200 ms or nothing.
	start := stampOf(got[len(got)-1]) - float64(got[len(got)-1].FirstFrame)/44100
	for i, block := range got {
		if off := stampOf(block) - start - float64(block.FirstFrame)/44100; math.Abs(off) > 0.02 {
			t.Errorf("the stamp of block %d is off by %.1f ms", i, off*1000)
		}
	}
}

// matchedTo waits until a node and a subscription to one of its topics know each other.
func matchedTo(t *testing.T, node *rclgo.Node, sub *rclgo.Subscription) {
	t.Helper()
	nodetest.Eventually(t, "node and subscriber to be matched", func() bool {
		listeners, err1 := node.GetSubscriptionsInfoByTopic(sub.TopicName, false)
		publishers, err2 := sub.GetPublisherCount()
		return err1 == nil && err2 == nil && len(listeners) > 0 && publishers > 0
	})
}

// stampOf returns a block's stamp [s].
func stampOf(block *av_capture_msg.AudioData) float64 {
	return float64(block.Header.Stamp.Sec) + float64(block.Header.Stamp.Nanosec)/1e9
}
