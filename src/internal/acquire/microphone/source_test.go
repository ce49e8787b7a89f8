package microphone_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
	"av_capture/src/internal/soundsystem/pulsetest"
	"av_capture/src/internal/supervisor"
)

const sink = "module-null-sink sink_name=mic rate=44100 channels=1 format=s16le sink_properties=device.description=Cellar"

func config() microphone.Config {
	return microphone.Config{
		Backend: soundsystem.PulseAudio, SampleRate: 44100, Channels: 1, Encoding: media.S16LE, PeriodFrames: 441,
	}
}

// recording is a source that runs on a goroutine of its own.
type recording struct {
	source acquire.AudioSource
	format media.AudioFormat
	cancel context.CancelFunc
	done   chan error    // Run's result
	ended  chan struct{} // closed when Run has returned

	mu     sync.Mutex
	grown  chan struct{} // has room for one
	data   []byte
	frames int
}

// record opens a source and runs it. Its format is the one that is asked for.
func record(t *testing.T, c microphone.Config) *recording {
	t.Helper()
	r := recordAny(t, c)
	want := media.AudioFormat{
		Device: r.format.Device, SampleRate: c.SampleRate, Channels: c.Channels, Encoding: c.Encoding,
		Native: r.format.Native, Converted: r.format.Converted,
	}
	if r.format != want {
		t.Errorf("format %+v, want %+v", r.format, want)
	}
	return r
}

// recordAny opens a source and runs it.
func recordAny(t *testing.T, c microphone.Config) *recording {
	t.Helper()
	r := &recording{
		source: acquire.Check(microphone.New(c)),
		done:   make(chan error, 1), ended: make(chan struct{}), grown: make(chan struct{}, 1),
	}
	format, err := r.source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.format = format
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(t.Context())
	go func() {
		defer close(r.ended)
		r.done <- r.source.Run(ctx, func(p media.Period) {
			if now := clock.Monotonic(); p.Arrival > now || now-p.Arrival > time.Minute {
				t.Errorf("period arrived at %v, now is %v", p.Arrival, now)
			}
			if len(p.Data) != p.Frames*format.FrameSize() {
				t.Errorf("%d frames in %d bytes", p.Frames, len(p.Data))
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			r.data = append(r.data, p.Data...)
			r.frames += p.Frames
			select {
			case r.grown <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		r.cancel()
		<-r.ended
		r.source.Close()
	})
	return r
}

// wait waits until so many frames have come, and returns all of them.
func (r *recording) wait(t *testing.T, frames int) []byte {
	t.Helper()
	for {
		r.mu.Lock()
		data, n := r.data, r.frames
		r.mu.Unlock()
		if n >= frames {
			return data
		}
		select {
		case <-r.grown:
		case err := <-r.done:
			t.Fatalf("Run ended with %v after %d frames", err, n)
		case <-time.After(time.Minute):
			t.Fatalf("no frame in a minute after %d, want %d", n, frames)
		}
	}
}

// end ends Run and checks that it was content.
func (r *recording) end(t *testing.T) {
	t.Helper()
	r.cancel()
	if err := <-r.done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if err := errors.Join(r.source.Close(), r.source.Close()); err != nil {
		t.Error(err)
	}
}

// sine returns a second of a sine of full scale, S16LE at 44100 Hz.
func sine(frequency, amplitude float64) []byte {
	samples := make([]float64, 44100)
	for i := range samples {
		samples[i] = amplitude * math.Sin(2*math.Pi*frequency*float64(i)/44100)
	}
	data := make([]byte, 2*len(samples))
	dsp.Encode(data, samples, media.S16LE)
	return data
}

func TestToneArrivesAtItsFrequencyAndLevel(t *testing.T) {
	server := pulsetest.Start(t, sink)
	server.Play("mic", sine(1000, 0.5), "--format=s16le", "--rate=44100", "--channels=1")
	c := config()
	c.Device = "mic.monitor"
	r := record(t, c)

	const window = 8820
	spectrum, err := dsp.NewSpectrum(dsp.SpectrumConfig{SampleRate: 44100, Channels: 1, WindowSize: window, Window: dsp.FlatTop, Scaling: dsp.Amplitude})
	if err != nil {
		t.Fatal(err)
	}
	samples, row := make([]float64, window), make([]float32, spectrum.Bins())
	// pacat begins when it likes: until then there is silence.
	for frames := window; ; frames += window {
		data := r.wait(t, frames)
		dsp.Decode(samples, data[len(data)-2*window:], media.S16LE)
		spectrum.Compute(row, samples)
		frequency, ok := spectrum.Strongest(row)
		amplitude := row[1000*window/44100]
		if ok && math.Abs(frequency-1000) < 1 && math.Abs(float64(amplitude)-0.5) < 0.005 {
			break
		}
		if frames > 60*44100 {
			t.Fatalf("strongest %v Hz (%v), amplitude at 1 kHz %v; want 1000, 0.5\n%s", frequency, ok, amplitude, server.Describe())
		}
	}
	r.end(t)
}

// TestSamplesArriveBitForBit plays noise into sinks of every format, all at
// once, and finds it unchanged in their monitors. (A pipe source ends
// the server with a failed assertion where 4096 bytes are not whole audio frames;
// that nothing is missing is shown with those that are.)
func TestSamplesArriveBitForBit(t *testing.T) {
	names := map[media.SampleFormat]string{ // PulseAudio's
		media.S16LE: "s16le", media.S24LE: "s24le", media.S32LE: "s32le", media.F32LE: "float32le", media.U8: "u8",
	}
	rates := map[int][]int{1: {44100, 8000}, 2: {48000, 16000}, 6: {96000, 44100}} // [Hz] by channels
	var devices []microphone.Config
	var modules []string
	for i, encoding := range media.SampleFormats {
		for channels, some := range rates {
			c := config()
			c.Encoding, c.Channels, c.SampleRate = encoding, channels, some[i%2]
			c.PeriodFrames = c.SampleRate / 100
			c.Device = fmt.Sprintf("%s-%d.monitor", encoding, channels)
			c.AllowConversion = false // the device has just this format
			c.Notice = func(text string) { t.Errorf("notice %q", text) }
			devices = append(devices, c)
			modules = append(modules, fmt.Sprintf("module-null-sink sink_name=%s-%d format=%s rate=%d channels=%d", encoding, channels, names[encoding], c.SampleRate, channels))
		}
	}
	server := pulsetest.Start(t, modules...)
	noise := make([]byte, 72*20000) // whole audio frames of every format
	rand.NewChaCha8([32]byte{1}).Read(noise)
	recordings := make([]*recording, len(devices))
	for i, c := range devices {
		recordings[i] = record(t, c)
		server.Play(strings.TrimSuffix(c.Device, ".monitor"), noise, "--format="+names[c.Encoding], fmt.Sprint("--rate=", c.SampleRate), fmt.Sprint("--channels=", c.Channels))
	}
	for i, c := range devices {
		// pacat begins when it likes, and leaves silence where a busy machine
		// starves it: half a second in one piece shows that nothing is converted.
		if !recordings[i].plays(t, noise) {
			t.Errorf("%s, %d Hz: nothing of 20 s is what was played", c.Device, c.SampleRate)
		}
		recordings[i].end(t)
	}
	if t.Failed() {
		t.Log(server.Describe())
	}
}

// TestChannelsOfAnArrayAreTheirMeanOrChosen plays noise into a sink of six channels,
// whose positions are not those of AIFF as miniaudio names them, and captures their
// mean, one of them, and some in another order. A microphone array is such a device.
func TestChannelsOfAnArrayAreTheirMeanOrChosen(t *testing.T) {
	const rate, channels = 16000, 6
	positions := "front-left,front-right,rear-left,rear-right,front-center,lfe"
	server := pulsetest.Start(t, fmt.Sprintf("module-null-sink sink_name=array format=s16le rate=%d channels=%d channel_map=%s", rate, channels, positions))
	noise := make([]byte, 2*channels*20000)
	rand.NewChaCha8([32]byte{7}).Read(noise)
	server.Play("array", noise, "--format=s16le", fmt.Sprint("--rate=", rate), fmt.Sprint("--channels=", channels), "--channel-map="+positions)
	sample := func(frame, channel int) int {
		return int(int16(binary.LittleEndian.Uint16(noise[2*(frame*channels+channel):])))
	}
	for _, test := range []struct {
		name       string
		channelMap []int
		channels   int
		make       func(frame int) []int // the expected audio frame
	}{
		{"mean", nil, 1, func(frame int) []int {
			sum := 0
			for channel := range channels {
				sum += sample(frame, channel)
			}
			return []int{int(math.RoundToEven(float64(sum) / channels))}
		}},
		{"one", []int{3}, 7, func(frame int) []int { return []int{sample(frame, 3)} }},
		{"another order", []int{5, 0}, 1, func(frame int) []int { return []int{sample(frame, 5), sample(frame, 0)} }},
		{"the first ones", nil, 2, func(frame int) []int { return []int{sample(frame, 0), sample(frame, 1)} }},
	} {
		var want []byte
		for frame := range len(noise) / 2 / channels {
			for _, x := range test.make(frame) {
				want = binary.LittleEndian.AppendUint16(want, uint16(x))
			}
		}
		c := config()
		c.Device, c.SampleRate, c.PeriodFrames = "array.monitor", rate, rate/100
		c.Channels, c.ChannelMap, c.AllowConversion = test.channels, test.channelMap, test.channelMap == nil
		c.Notice = func(text string) {
			if test.channelMap != nil {
				t.Errorf("%s: notice %q", test.name, text)
			}
		}
		r := recordAny(t, c)
		if given := len(test.make(0)); r.format.Channels != given || r.format.Converted != (test.channelMap == nil) {
			t.Errorf("%s: format %+v, want %d channels", test.name, r.format, given)
		}
		if !r.plays(t, want) {
			t.Errorf("%s: nothing of 20 s is what was made of the noise\n%s", test.name, server.Describe())
		}
		r.end(t)
	}
}

// plays waits until half a second of consecutive sound is part of the sound that is played
// again and again, and gives up after 20 s of sound.
func (r *recording) plays(t *testing.T, played []byte) bool {
	t.Helper()
	loop := append(bytes.Clone(played), played...)
	size := r.format.FrameSize()
	for frames := r.format.SampleRate; frames < 20*r.format.SampleRate; frames += r.format.SampleRate / 2 {
		data := r.wait(t, frames)
		data = data[len(data)-r.format.SampleRate/2*size:]
		if start := bytes.Index(loop, data[:64]); start >= 0 && start%size == 0 && bytes.HasPrefix(loop[start:], data) {
			return true
		}
	}
	return false
}

func TestChannelMapIsHeldToTheDevice(t *testing.T) {
	pulsetest.Start(t, sink)
	c := config()
	c.AllowConversion = true
	c.ChannelMap = []int{0, 4}
	_, err := microphone.New(c).Open(t.Context())
	if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "channel_map has channel 4, but the device has 1 channel") {
		t.Errorf("Open: %v, want %v with the device's number of channels", err, media.ErrUnsupported)
	}
}

// TestSamplesThatMiniaudioDoesNotKnowAreConvertedByTheServer plays 24 bit in 4 bytes.
func TestSamplesThatMiniaudioDoesNotKnowAreConvertedByTheServer(t *testing.T) {
	server := pulsetest.Start(t, "module-null-sink sink_name=mic format=s24-32le rate=48000 channels=1")
	noise := make([]byte, 3*20000)
	rand.NewChaCha8([32]byte{8}).Read(noise)
	server.Play("mic", noise, "--format=s24le", "--rate=48000", "--channels=1")
	c := config()
	c.SampleRate, c.PeriodFrames, c.Encoding, c.AllowConversion = 48000, 480, media.S24LE, true
	r := record(t, c)
	if !r.plays(t, noise) {
		t.Errorf("nothing of 20 s is what was played\n%s", server.Describe())
	}
	r.end(t)
}

func TestKilledServerIsALossAndTheNextOneIsFound(t *testing.T) {
	server := pulsetest.Start(t, sink)
	r := record(t, config())
	r.wait(t, 4410)
	server.Kill()
	if err := <-r.done; !errors.Is(err, media.ErrLost) {
		t.Fatalf("Run: %v, want %v", err, media.ErrLost)
	}
	if err := r.source.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.source.Open(t.Context()); !errors.Is(err, media.ErrAbsent) {
		t.Errorf("Open without a server: %v, want %v", err, media.ErrAbsent)
	}
	server.Start()
	record(t, config()).wait(t, 4410)
}

// TestHungServerIsALoss: a server that neither ends nor answers does not hold up Run,
// and is left behind when it holds up Close.
func TestHungServerIsALoss(t *testing.T) {
	server := pulsetest.Start(t, sink)
	r := record(t, config())
	r.wait(t, 4410)
	server.Signal(syscall.SIGSTOP)
	if err := <-r.done; !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: %v, want %v", err, media.ErrLost)
	}
	closed := make(chan error)
	go func() { closed <- r.source.Close() }()
	server.Signal(syscall.SIGCONT)
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	record(t, config()).wait(t, 4410)
}

func TestVanishedDeviceIsALoss(t *testing.T) {
	server := pulsetest.Start(t, sink, "module-null-sink sink_name=other rate=44100 channels=1")
	c := config()
	c.Device = "mic.monitor"
	r := record(t, c)
	r.wait(t, 4410)
	server.Control("unload-module", "0")
	if err := <-r.done; !errors.Is(err, media.ErrLost) {
		t.Fatalf("Run: %v, want %v; it must not move on to the other device", err, media.ErrLost)
	}
	r.source.Close()
	if _, err := r.source.Open(t.Context()); !errors.Is(err, media.ErrUnknownDevice) {
		t.Errorf("Open: %v, want %v", err, media.ErrUnknownDevice)
	}
}

func TestOpenOfAHungServerIsLeftBehind(t *testing.T) {
	server := pulsetest.Start(t, sink)
	server.Signal(syscall.SIGSTOP)
	left := supervisor.NewLeft(testLog{t})
	source, err := supervisor.NewSource("the microphone", left, nil,
		func(func(string)) (acquire.AudioSource, error) { return microphone.New(config()), nil })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	opened := make(chan error)
	go func() {
		_, err := source.Open(ctx)
		opened <- err
	}()
	cancel()
	if err := <-opened; !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v, want %v", err, context.Canceled)
	}
	server.Signal(syscall.SIGCONT)
	for left.Count() > 0 {
		time.Sleep(time.Millisecond)
	}
}

// testLog is a log in the output of the test.
type testLog struct{ *testing.T }

func (l testLog) Infof(format string, args ...any) error {
	l.Logf(format, args...)
	return nil
}

func (l testLog) Errorf(format string, args ...any) error {
	l.Logf("error: "+format, args...)
	return nil
}

func TestNothingIsEmittedAfterRun(t *testing.T) {
	pulsetest.Start(t, sink)
	source := acquire.Check(microphone.New(config()))
	for range 9 {
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		var returned atomic.Bool
		ctx, cancel := context.WithCancel(t.Context())
		periods := 0
		err := source.Run(ctx, func(media.Period) {
			if returned.Load() {
				t.Error("emit after Run")
			}
			if periods++; periods == 5 {
				cancel()
			}
		})
		returned.Store(true)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if err := source.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRunMayEndBeforeItBegan: the context has ended before the sound system has
// started the device, which must not be started any more when it is freed.
func TestRunMayEndBeforeItBegan(t *testing.T) {
	pulsetest.Start(t, sink)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		source := acquire.Check(microphone.New(config()))
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(source.Run(ctx, func(media.Period) {}), source.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWaitingForAServerCostsNothing: a node without its sound server tries again
// for days.
func TestWaitingForAServerCostsNothing(t *testing.T) {
	pulsetest.Prepare(t)
	source := acquire.Check(microphone.New(config()))
	attempt := func() {
		if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrAbsent) {
			t.Fatalf("Open: %v, want %v", err, media.ErrAbsent)
		}
	}
	attempt()
	before := openFiles(t)
	for range 50 {
		attempt()
	}
	if after := openFiles(t); after > before+10 { // other tests' may come and go
		t.Errorf("%d open files after 50 attempts, %d before", after, before)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestUnknownDeviceListsWhatIsThere(t *testing.T) {
	pulsetest.Start(t, sink)
	for _, backend := range []soundsystem.Backend{soundsystem.PulseAudio, soundsystem.Auto} {
		c := config()
		c.Backend, c.Device = backend, "nonsense"
		_, err := microphone.New(c).Open(t.Context())
		if !errors.Is(err, media.ErrUnknownDevice) || !strings.Contains(err.Error(), "Monitor of Cellar") || !strings.Contains(err.Error(), "mic.monitor") {
			t.Errorf("%s: %v, want %v with the devices", backend, err, media.ErrUnknownDevice)
		}
	}
}

func TestConversionIsRefusedUnlessAllowed(t *testing.T) {
	pulsetest.Start(t, "module-null-sink sink_name=mic rate=48000 channels=2 format=s32le")
	c := config()
	_, err := microphone.New(c).Open(t.Context())
	if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "48000 Hz, 2 channels, S32LE") {
		t.Errorf("Open: %v, want %v with what the device has", err, media.ErrUnsupported)
	}

	var notices []string
	c.AllowConversion = true
	c.Notice = func(text string) { notices = append(notices, text) }
	r := record(t, c)
	r.wait(t, 4410)
	r.end(t)
	format, err := r.source.Open(t.Context())
	if err != nil {
		t.Error(err)
	}
	if format.Native != "48000 Hz, 2 channels, S32LE" || !format.Converted {
		t.Errorf("format %+v, want one that is converted from 48000 Hz, 2 channels, S32LE", format)
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "48000 Hz, 2 channels, S32LE") || !strings.Contains(notices[0], "44100 Hz, 1 channel, S16LE") {
		t.Errorf("notices %q, want one with both formats", notices)
	}
}

func TestDevicesOwnFormatNeedsNoConversion(t *testing.T) {
	pulsetest.Start(t, "module-null-sink sink_name=mic rate=48000 channels=2 format=s32le")
	source := acquire.Check(microphone.New(microphone.Config{Backend: soundsystem.PulseAudio, PeriodFrames: 480}))
	got, err := source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	want := media.AudioFormat{Device: got.Device, SampleRate: 48000, Channels: 2, Encoding: media.S32LE, Native: "48000 Hz, 2 channels, S32LE"}
	if got != want {
		t.Errorf("format %+v, want %+v", got, want)
	}
}

func TestAbsentServerIsAbsentWithTheCure(t *testing.T) {
	pulsetest.Prepare(t)
	_, err := microphone.New(config()).Open(t.Context())
	if !errors.Is(err, media.ErrAbsent) || !strings.Contains(err.Error(), "start the sound server") {
		t.Errorf("Open: %v, want %v with the cure", err, media.ErrAbsent)
	}
	if devices, err := microphone.List(t.Context(), soundsystem.PulseAudio); len(devices) != 0 || err != nil {
		t.Errorf("List: %v, %v, want nothing", devices, err)
	}
}

// TestServerWithoutSourcesIsAbsent: miniaudio would open a default device that
// is not there.
func TestServerWithoutSourcesIsAbsent(t *testing.T) {
	pulsetest.Start(t)
	_, err := microphone.New(config()).Open(t.Context())
	if !errors.Is(err, media.ErrAbsent) {
		t.Errorf("Open: %v, want %v", err, media.ErrAbsent)
	}
}

func TestListNamesDevices(t *testing.T) {
	pulsetest.Start(t, sink)
	devices, err := microphone.List(t.Context(), soundsystem.Auto)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.Backend == soundsystem.PulseAudio && d.ID == "mic.monitor" && d.Name == "Monitor of Cellar" && d.Default {
			return
		}
	}
	t.Errorf("devices %v, want the monitor of Cellar as the default", devices)
}
