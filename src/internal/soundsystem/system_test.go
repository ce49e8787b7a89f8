package soundsystem

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"syscall"
	"testing"

	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem/pulsetest"
)

func TestCardIsGoneWhenMiniaudioSaysSo(t *testing.T) {
	s := &System{gone: make(chan struct{})}
	s.log("[ALSA] POLLERR detected. status = 4\n") // an overrun
	select {
	case <-s.gone:
		t.Fatal("gone after an overrun")
	default:
	}
	for range 2 { // it may say so twice
		s.log("[ALSA] snd_pcm_poll_descriptors_revents() failed.\n")
		<-s.gone
	}
}

// Another version of miniaudio may call other functions, or find them otherwise.
func TestFunctionsOfSoundSystemsAreReplaced(t *testing.T) {
	pulsetest.Start(t, "module-null-sink")
	for backend, names := range map[Backend][]string{
		ALSA: {"snd_pcm_readi", "snd_pcm_writei", "snd_pcm_poll_descriptors_revents", "snd_pcm_state",
			"snd_pcm_avail"},
		PulseAudio: {"pa_channel_map_init_extend", "pa_stream_connect_record", "pa_stream_connect_playback",
			"pa_mainloop_new", "pa_mainloop_free", "pa_context_new", "pa_context_unref"},
	} {
		s, err := connect(backend)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !replaced(name) {
				t.Errorf("%s: miniaudio calls the library's own %s", backend, name)
			}
		}
		s.Close()
	}
}

func TestConnectionsThatFailLeaveNothingBehind(t *testing.T) {
	for name, fail := range map[string]func(t *testing.T) (again func()){
		"server hangs up": hangUp,
		"device has gone": openWhatHasGone,
	} {
		t.Run(name, func(t *testing.T) {
			again := fail(t)
			again() // the libraries keep some resources
			before := leaktest.Measure(t)
			const attempts = 20
			for range attempts {
				again()
			}
			after := leaktest.Measure(t)
			if after.Descriptors > before.Descriptors || after.Heap-before.Heap > attempts*2<<10 {
				t.Errorf("%d attempts: before %+v, after %+v", attempts, before, after)
			}
		})
	}
}

// hangUp connects to a server that ends every connection, as one does that is killed at
// this moment.
func hangUp(t *testing.T) func() {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connection.Close()
		}
	}()
	t.Setenv("PULSE_SERVER", "unix:"+socket)
	return func() {
		if s, err := connect(PulseAudio); err == nil {
			s.Close()
			t.Fatal("connected to a server that hangs up")
		}
	}
}

// openWhatHasGone opens a device that a server no longer has.
func openWhatHasGone(t *testing.T) func() {
	server := pulsetest.Start(t, "module-null-sink sink_name=gone", "module-null-sink sink_name=other")
	s, gone, err := Locate(Loudspeaker, PulseAudio, "gone")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	server.Control("unload-module", "0")
	config := Config{Name: "test", Format: Format{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}, PeriodFrames: 441, Periods: 3}
	return func() {
		if stream, err := s.Open(gone, config, nil); err == nil {
			stream.device.Uninit()
			t.Fatal("opened a device that has gone")
		}
	}
}

func TestServerThatRefusesIsNotTakenForNone(t *testing.T) {
	for _, test := range []struct {
		backend Backend
		err     error
		want    bool
	}{
		{PulseAudio, fmt.Errorf("no server: %w", fs.ErrNotExist), true},
		{PulseAudio, fmt.Errorf("no server: %w", syscall.ECONNREFUSED), true},
		{PulseAudio, fmt.Errorf("no server: %w", fs.ErrPermission), false},
		{PulseAudio, errors.New("access denied"), false}, // the server runs, and refuses
		{ALSA, errors.New("no backend"), true},
	} {
		if got := notRunning(test.backend, test.err); got != test.want {
			t.Errorf("%s, %v: got %t, want %t", test.backend, test.err, got, test.want)
		}
	}
}

func TestReasonsAreListedOnceEach(t *testing.T) {
	if got, want := reasons([]error{errors.New("busy"), errors.New("no such rate"), errors.New("busy")}), "busy; no such rate"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
