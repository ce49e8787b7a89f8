package microphone

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param/service"
	"av_capture/src/internal/record"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
	std_srvs_srv "av_capture/src/msgs/std_srvs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// slowDisk is the share of a recording's backlog above which the diagnostics warn.
const slowDisk = 0.5

// recordingServices are ~/save_snippet and ~/set_recording, which keep sound in
// files. A request takes as long as the disk does, and so each has a goroutine of
// its own. A snippet is of the moment of its request.
type recordingServices struct {
	recorder *record.Recorder
	log      *rclgo.Logger
	requests sync.WaitGroup
	ctx      context.Context // of the requests; ends with close
	stop     context.CancelFunc
	late     uint64 // [audio frames] that a slow disk has cost, as reported; only the goroutine of reports uses it
}

// newRecordingServices makes the services. open checks and opens the folder when
// something is written to it.
func newRecordingServices(b *node.Base, directory string, open func(directory string) (*os.Root, error)) (*recordingServices, error) {
	r := &recordingServices{log: b.Log}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.recorder = record.New(record.Config{
		Name:  b.ROS.FullyQualifiedName(),
		Now:   time.Now,
		Info:  func(text string) { b.Log.Info(text) },
		Error: func(text string) { b.Log.Error(text) },
		Left:  b.Supervisor.Left().Add,
		Open:  open,
	}, directory)
	snippet, err := std_srvs_srv.NewTriggerService(b.ROS, "~/save_snippet", nil,
		func(_ *rclgo.ServiceInfo, _ *std_srvs_srv.Trigger_Request, sender std_srvs_srv.TriggerServiceResponseSender) {
			r.handle("save_snippet", r.recorder.Snippet, func(o node.Outcome) error {
				response := std_srvs_srv.NewTrigger_Response()
				response.Success, response.Message = o.Success, o.Message
				return sender.SendResponse(response)
			})
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/save_snippet: %w", err)
	}
	recording, err := std_srvs_srv.NewSetBoolService(b.ROS, "~/set_recording", nil,
		func(_ *rclgo.ServiceInfo, request *std_srvs_srv.SetBool_Request, sender std_srvs_srv.SetBoolServiceResponseSender) {
			do := r.recorder.Stop
			if request.Data {
				do = r.recorder.Start
			}
			r.handle("set_recording", do, func(o node.Outcome) error {
				response := std_srvs_srv.NewSetBool_Response()
				response.Success, response.Message = o.Success, o.Message
				return sender.SendResponse(response)
			})
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/set_recording: %w", err)
	}
	b.Serve(snippet.Service, recording.Service)
	return r, nil
}

// handle runs a request on a goroutine of its own and sends the outcome, in time
// whatever the disk does. It does not block.
func (r *recordingServices) handle(name string, do func(context.Context) (string, error), send func(node.Outcome) error) {
	r.requests.Add(1)
	go func() {
		defer r.requests.Done()
		ctx, cancel := context.WithTimeout(r.ctx, service.Limit)
		defer cancel()
		node.WarnUnanswered(r.log, name, send(node.NewOutcome(do(ctx))))
	}()
}

// setDirectory sets the folder of the next files.
func (r *recordingServices) setDirectory(directory string) { r.recorder.SetDirectory(directory) }

// attach has a stream recorded until detach is called, which must come after its
// ring was closed.
func (r *recordingServices) attach(ring *buffer.Ring, format media.AudioFormat) (detach func()) {
	r.recorder.Attach(ring, format)
	return r.recorder.Detach
}

// close waits for the requests and ends the recording, if there is one. No
// executor spins the services any more.
func (r *recordingServices) close() error {
	r.stop()
	r.requests.Wait()
	return r.recorder.Close()
}

// addTo adds the state of the recording to a report.
func (r *recordingServices) addTo(report *node.Report) {
	state := r.recorder.State()
	path := state.Path
	if path == "" {
		path = "off"
	}
	report.Values.Add("recording", "%s", path)
	report.Values.Add("recorded [s]", "%.1f", state.Duration.Seconds())
	report.Values.Add("recorded silence [audio frames]", "%d", state.Silence)
	if state.Err != nil {
		report.RaiseLevel(diagnostic_msgs_msg.DiagnosticStatus_ERROR, "the recording is cut off: %v", state.Err)
	}
	if state.Waiting > slowDisk || state.Late > r.late {
		report.RaiseLevel(diagnostic_msgs_msg.DiagnosticStatus_WARN, "the disk is too slow for the recording")
	}
	r.late = state.Late
}
