package microphone

import (
	"context"
	"fmt"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// drainLimit bounds the time for publishing, after the source has been closed, the
// sound captured before. That takes far less, unless blocks are so small that
// publishing them is slower than capturing. The rest counts as lost.
const drainLimit = 500 * time.Millisecond

// maxSilence is the longest time without sound from a device; beyond it the
// diagnostics report an error.
const maxSilence = 2 * time.Second

// live delivers sound at the pace of its source, which never waits: a reader that
// is too slow loses the oldest sound in the ring.
type live struct {
	node    *Node
	stream  *stream
	threads *realtimePriority
}

func (l *live) begin(func()) {
	if l.node.timeline.ahead {
		l.node.restartStamps()
	}
}

func (l *live) runThread(f func()) { l.threads.runThread(f) }

func (l *live) audioReader() (*buffer.Reader, error) { return l.stream.ring.NewThreadReader() }

func (l *live) windowReader() *buffer.Reader { return l.stream.ring.NewReader() }

func (l *live) accept(context.Context) func(media.Period) {
	return l.threads.onFirstPeriod(l.stream.supply, l.stream.add)
}

func (l *live) publisher(to *node.Publisher) func(context.Context, types.Message) error {
	return func(_ context.Context, message types.Message) error { return to.Publish(message) }
}

func (l *live) drain(_ context.Context, published <-chan struct{}, cancel func()) {
	drainWithin(drainLimit, published, cancel)
}

// drainWithin waits until published is closed, and calls cancel after a limit.
func drainWithin(limit time.Duration, published <-chan struct{}, cancel func()) {
	late := time.AfterFunc(limit, cancel)
	defer late.Stop()
	<-published
}

func (l *live) realtime() bool { return true }

func (l *live) priority() string { return l.threads.String() }

func (l *live) health(m *meter, trouble string) (level byte, message string) {
	format := l.stream.format
	switch silent := clock.Monotonic() - m.grewAt; {
	case silent > maxSilence:
		return diagnostic_msgs_msg.DiagnosticStatus_ERROR,
			fmt.Sprintf("no sound for %.0f s: check the microphone's cable, and that the sound system runs", silent.Seconds())
	case trouble != "":
		return diagnostic_msgs_msg.DiagnosticStatus_WARN, trouble
	case m.rate.Below(node.LowRate * float64(format.SampleRate)):
		return diagnostic_msgs_msg.DiagnosticStatus_WARN,
			fmt.Sprintf("%.0f audio frames/s instead of %d: the device or the machine is too slow", m.rate.Hertz(), format.SampleRate)
	}
	return diagnostic_msgs_msg.DiagnosticStatus_OK, fmt.Sprintf("capturing %s", format)
}
