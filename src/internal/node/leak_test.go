package node_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/node/nodetest"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// TestNodesThatAreClosedLeaveNothing, in the process and the context that go on:
// no goroutine, no descriptor, no thread, and no memory of C's.
func TestNodesThatAreClosedLeaveNothing(t *testing.T) {
	const (
		warmUp = 4
		rounds = 10
		grain  = 48 << 10 // [bytes] of what rounds differ by in the middleware, some 250 KiB in all; an image has 150 KiB
	)
	parent := nodetest.NewContext(t)
	listening := nodetest.NewContext(t)
	for range warmUp {
		runNodes(t, parent, listening)
	}
	before := leaktest.Measure(t)
	for range rounds {
		runNodes(t, parent, listening)
	}
	after := leaktest.Measure(t)
	nodetest.Eventually(t, "goroutines and descriptors that are about to go", func() bool {
		after = leaktest.Measure(t)
		return after.Descriptors <= before.Descriptors && after.Goroutines <= before.Goroutines
	})
	t.Logf("before %+v, after %+v", before, after)
	// Go's runtime starts a thread now and then. Resident memory grows by what each
	// node reserves, see package heap.
	if after.Threads > before.Threads+4 || after.Heap-before.Heap > rounds*grain {
		t.Errorf("left behind: before %+v, after %+v", before, after)
	}
}

// runNodes makes both nodes, has each of their topics heard, and closes them.
func runNodes(t *testing.T, parent, listening *rclgo.Context) {
	t.Helper()
	camera, err := camera.New(parent, node.Options{Name: "camera"}, func(camera.Config, func(string)) (acquire.VideoSource, error) {
		return synthetic.NewCamera(synthetic.CameraConfig{Width: 320, Height: 240, FrameRate: 50, Encoding: "yuv422_yuy2"}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	microphone, err := microphone.New(parent, node.Options{Name: "microphone"}, func(config microphone.Config, _ func(string)) (acquire.AudioSource, error) {
		return synthetic.NewMicrophone(synthetic.MicrophoneConfig{SampleRate: 44100, Channels: 1, Encoding: media.S16LE, PeriodFrames: 441}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := listening.NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	topics := map[string]types.MessageTypeSupport{
		"/camera/image_raw":            sensor_msgs_msg.ImageTypeSupport,
		"/camera/image_raw/compressed": sensor_msgs_msg.CompressedImageTypeSupport,
		"/camera/planes":               sensor_msgs_msg.ImageTypeSupport,
		"/camera/spectrum":             sensor_msgs_msg.ImageTypeSupport,
		"/camera/camera_info":          sensor_msgs_msg.CameraInfoTypeSupport,
		"/microphone/audio":            av_capture_msg.AudioDataTypeSupport,
		"/microphone/spectrum":         av_capture_msg.SpectrumTypeSupport,
		"/microphone/spectrogram":      sensor_msgs_msg.ImageTypeSupport,
	}
	var silent atomic.Int64
	silent.Store(int64(len(topics)))
	for topic, support := range topics {
		var heard sync.Once
		if _, err := listener.NewSubscription(topic, support, nil, func(s *rclgo.Subscription) {
			message := support.New()
			if _, err := s.TakeMessage(message); err == nil {
				heard.Do(func() { silent.Add(-1) })
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{camera.Run, microphone.Run, listener.Spin} {
		running.Add(1)
		go func() {
			defer running.Done()
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}()
	}
	nodetest.Eventually(t, "a message of every topic", func() bool { return silent.Load() == 0 })
	cancel()
	running.Wait()
	if err := errors.Join(camera.Close(), microphone.Close(), listener.Close()); err != nil {
		t.Error(err)
	}
}
