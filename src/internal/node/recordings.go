package node

import (
	"context"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/record"
	"av_capture/src/msgs/diagnostic_msgs/msg"
	"av_capture/src/msgs/std_srvs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// slowDisk is how much of a recording's backlog may be taken before it is said.
const slowDisk = 0.5

// recordings are the services that keep sound in files. What they do takes as
// long as the disk does, and so each request has a goroutine of its own; and a
// snippet is of the moment of its request, whatever else goes on.
type recordings struct {
	recorder *record.Recorder
	log      *rclgo.Logger
	requests sync.WaitGroup
	late     uint64 // [audio frames] that a slow disk cost, as told; only the executor's thread uses it
}

// newRecordings makes the services ~/save_snippet and ~/set_recording.
func newRecordings(b *base, directory string) (*recordings, error) {
	folder, err := record.Directory(directory)
	if err != nil {
		return nil, &ConfigurationError{err}
	}
	r := &recordings{log: b.log}
	r.recorder = record.New(record.Config{
		Name:  b.node.FullyQualifiedName(),
		Now:   time.Now,
		Info:  func(text string) { b.log.Info(text) },
		Error: func(text string) { b.log.Error(text) },
	}, folder)
	snippet, err := std_srvs_srv.NewTriggerService(b.node, "~/save_snippet", nil,
		func(_ *rclgo.ServiceInfo, _ *std_srvs_srv.Trigger_Request, sender std_srvs_srv.TriggerServiceResponseSender) {
			r.answer("save_snippet", r.recorder.Snippet, func(o outcome) error {
				response := std_srvs_srv.NewTrigger_Response()
				response.Success, response.Message = o.success, o.message
				return sender.SendResponse(response)
			})
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/save_snippet: %w", err)
	}
	recording, err := std_srvs_srv.NewSetBoolService(b.node, "~/set_recording", nil,
		func(_ *rclgo.ServiceInfo, request *std_srvs_srv.SetBool_Request, sender std_srvs_srv.SetBoolServiceResponseSender) {
			do := r.recorder.Stop
			if request.Data {
				do = r.recorder.Start
			}
			r.answer("set_recording", do, func(o outcome) error {
				response := std_srvs_srv.NewSetBool_Response()
				response.Success, response.Message = o.success, o.message
				return sender.SendResponse(response)
			})
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/set_recording: %w", err)
	}
	b.executor.serve(snippet.Service, recording.Service)
	return r, nil
}

// answer does what a request asks for and sends what came of it. It does not
// block.
func (r *recordings) answer(service string, do func() (string, error), send func(outcome) error) {
	r.requests.Go(func() { answered(r.log, service, send(newOutcome(do()))) })
}

// apply has further files lie in the folder that a parameter names.
func (r *recordings) apply(directory string) error {
	folder, err := record.Directory(directory)
	if err == nil {
		r.recorder.SetDirectory(folder)
	}
	return err
}

// during has an opening of the source recorded, until the returned function is
// called, after its ring was closed.
func (r *recordings) during(ring *buffer.Ring, format acquire.AudioFormat) (end func()) {
	r.recorder.Attach(ring, format)
	return r.recorder.Detach
}

// close waits for the requests and ends the recording, if there is one. The
// services are not spun any more.
func (r *recordings) close() error {
	r.requests.Wait()
	return r.recorder.Close()
}

// diagnose adds how recording fares.
func (r *recordings) diagnose(a *account) {
	state := r.recorder.State()
	path := state.Path
	if path == "" {
		path = "off"
	}
	a.values.add("recording", "%s", path)
	a.values.add("recorded [s]", "%.1f", state.Duration.Seconds())
	a.values.add("recorded silence [audio frames]", "%d", state.Silence)
	if state.Err != nil {
		a.worsen(diagnostic_msgs_msg.DiagnosticStatus_ERROR, "the recording is cut off: %v", state.Err)
	}
	if state.Waiting > slowDisk || state.Late > r.late {
		a.worsen(diagnostic_msgs_msg.DiagnosticStatus_WARN, "the disk is too slow for the recording")
	}
	r.late = state.Late
}

// report says what the node did since it was last called.
func (m *Microphone) report() account {
	a := m.meter.report()
	m.recordings.diagnose(&a)
	return a
}

// Run captures and publishes until ctx ends, then returns nil; or until the
// node cannot go on, then it says why. The device is free when it returns, and
// recordings are complete.
func (m *Microphone) Run(ctx context.Context) error {
	m.meter.start()
	err := m.run(ctx)
	if closing := m.recordings.close(); err == nil {
		err = closing
	}
	return err
}
