package microphone

import (
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// TestSoundGoesOnWhenTheClockIsSetBack: blocks, spectra and spectrograms, none of them
// missing.
func TestSoundGoesOnWhenTheClockIsSetBack(t *testing.T) {
	const step = -5 * time.Hour
	var set nodetest.SettableClock
	microphone, err := New(nodetest.NewContext(t), node.Options{Name: "microphone"}, func(config Config, _ func(string)) (acquire.AudioSource, error) {
		return synthetic.NewMicrophone(synthetic.MicrophoneConfig{
			SampleRate: config.SampleRate, Channels: 1, Encoding: media.S16LE, PeriodFrames: 441,
		}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	microphone.Clock.Clocks = set.Read
	t.Cleanup(func() { microphone.Close() })
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	options := &rclgo.SubscriptionOptions{Qos: nodetest.Reliable(10_000)}
	blocks := nodetest.Stamped[av_capture_msg.AudioData]{Header: func(m *av_capture_msg.AudioData) *std_msgs_msg.Header { return &m.Header }}
	spectra := nodetest.Stamped[av_capture_msg.Spectrum]{Header: func(m *av_capture_msg.Spectrum) *std_msgs_msg.Header { return &m.Header }}
	spectrograms := nodetest.Stamped[sensor_msgs_msg.Image]{Header: func(m *sensor_msgs_msg.Image) *std_msgs_msg.Header { return &m.Header }}
	diagnostics := nodetest.Stamped[diagnostic_msgs_msg.DiagnosticArray]{}
	if _, err := av_capture_msg.NewAudioDataSubscription(listener, "/microphone/audio", options, blocks.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := av_capture_msg.NewSpectrumSubscription(listener, "/microphone/spectrum", options, spectra.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := sensor_msgs_msg.NewImageSubscription(listener, "/microphone/spectrogram", options, spectrograms.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := diagnostic_msgs_msg.NewDiagnosticArraySubscription(listener, "/diagnostics", options, diagnostics.Take); err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	nodetest.Eventually(t, "all to be matched", func() bool {
		return microphone.audio.Wanted() && microphone.spectrum.Wanted() && microphone.spectrogram.publisher.Wanted()
	})
	nodetest.Background(t, microphone.Run)
	topics := map[string]func() []time.Time{"audio": blocks.Stamps, "spectrum": spectra.Stamps, "spectrogram": spectrograms.Stamps}
	more := func() {
		t.Helper()
		for topic, stamps := range topics {
			before := len(stamps())
			nodetest.Eventually(t, topic, func() bool { return len(stamps()) >= before+5 })
		}
	}
	more()
	set.Step(step)
	more()
	nodetest.WantReported(t, &diagnostics, "5h0m0s")
	for topic, stamps := range topics {
		nodetest.WantStep(t, topic, stamps(), step)
	}
	got := blocks.SoFar()
	for i, block := range got[1:] {
		if before := got[i]; block.FirstFrame != before.FirstFrame+uint64(before.FrameCount) || block.LostFrames != 0 || block.Epoch != 0 {
			t.Fatalf("block %d starts at audio frame %d of epoch %d with %d lost, after %d", i+1, block.FirstFrame, block.Epoch, block.LostFrames, before.FirstFrame)
		}
	}
}
