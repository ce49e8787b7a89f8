package record_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/media"
	"av_capture/src/internal/record"
	"av_capture/src/internal/wav"
	"av_capture/src/internal/wav/wavtest"
)

var mono = media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}

func noise(seed uint64, n int) []byte { return wavtest.Noise(seed, n) }

// samples returns the samples in a WAV file.
func samples(t *testing.T, path string) []byte {
	t.Helper()
	h, data := wavtest.Load(t, path)
	if h.Truncated > 0 {
		t.Fatalf("%s is cut off: %+v", path, h)
	}
	return data
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 123456789, time.UTC)

func newRecorder(t *testing.T, directory string) *record.Recorder {
	r := record.New(record.Config{
		Name:  "/robot/microphone",
		Now:   func() time.Time { return noon },
		Info:  func(string) {},
		Error: func(string) {},
	}, directory)
	t.Cleanup(func() { r.Close() })
	return r
}

// mustStop stops a recording and returns the first line of the message and the
// others.
func mustStop(t *testing.T, r *record.Recorder) (path string, remarks []string) {
	t.Helper()
	message, err := r.Stop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(message, "\n")
	return lines[0], lines[1:]
}

func TestRecordingHoldsWhatIsCapturedFromOnToOff(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "there", "yet")
	r := newRecorder(t, folder)
	ring := buffer.NewRing(2, 66000, 0)
	r.Attach(ring, mono)
	ring.Write(noise(0, 2*500)) // before it is on
	path, err := r.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(folder, "robot_microphone_20261125T120000.123Z.wav"); path != want {
		t.Errorf("path %q, want %q", path, want)
	}
	var want []byte
	for i := range uint64(200) {
		data := noise(i, 2*int(100+i))
		ring.Write(data)
		want = append(want, data...)
	}
	got, remarks := mustStop(t, r)
	ring.Write(noise(1, 2*500)) // after it is off
	if got != path || len(remarks) > 0 {
		t.Errorf("%q with remarks %q, want %q", got, remarks, path)
	}
	if !bytes.Equal(samples(t, path), want) {
		t.Errorf("%d bytes of samples differ from the %d captured", len(samples(t, path)), len(want))
	}
	if _, err := r.Stop(t.Context()); err == nil {
		t.Error("a recording ends that has ended")
	}
}

func TestLostSoundIsSilenceOfTheSameLength(t *testing.T) {
	for _, encoding := range []media.SampleFormat{media.S16LE, media.U8} {
		format := media.AudioFormat{SampleRate: 8000, Channels: 2, Encoding: encoding}
		size := format.FrameSize()
		silence := func(frames int) []byte { return bytes.Repeat([]byte{wav.Silence(encoding)}, frames*size) }
		r := newRecorder(t, t.TempDir())
		ring := buffer.NewRing(size, 1000, 77)
		r.Attach(ring, format)
		if _, err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		a, b, c := noise(1, 100*size), noise(2, 200*size), noise(3, 300*size)
		ring.Write(a)
		ring.Skip(50)
		ring.Write(b)
		// The device goes, and comes again after 1000 audio frames.
		ring.Close()
		r.Detach()
		ring = buffer.NewRing(size, 1000, 77+350)
		r.Attach(ring, format)
		ring.Skip(1000)
		ring.Write(c)
		ring.Skip(25)
		path, remarks := mustStop(t, r)
		want := bytes.Join([][]byte{a, silence(50), b, silence(1000), c, silence(25)}, nil)
		if !bytes.Equal(samples(t, path), want) {
			t.Errorf("%s: samples differ from those captured with silence for those lost", encoding)
		}
		if len(remarks) != 1 || !strings.Contains(remarks[0], "1075 audio frames (134ms)") {
			t.Errorf("%s: remarks %q, want one that tells of 1075 audio frames", encoding, remarks)
		}
	}
}

func TestEachFormatHasItsFile(t *testing.T) {
	r := newRecorder(t, t.TempDir())
	first := buffer.NewRing(2, 1000, 0)
	r.Attach(first, mono)
	path, err := r.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first.Write(noise(1, 200))
	first.Close()
	r.Detach()
	stereo := mono
	stereo.Channels = 2
	second := buffer.NewRing(4, 1000, 100)
	r.Attach(second, stereo)
	second.Skip(5000)
	second.Write(noise(2, 400))
	got, further := mustStop(t, r)
	part2 := strings.TrimSuffix(path, ".wav") + "_part2.wav"
	if got != path || len(further) != 2 || further[0] != part2 {
		t.Fatalf("%q and %q, want %q and %q", got, further, path, part2)
	}
	if !bytes.Equal(samples(t, path), noise(1, 200)) || !bytes.Equal(samples(t, part2), noise(2, 400)) {
		t.Error("samples differ from those captured")
	}
}

func TestRecordingBeginsWhenTheDeviceComes(t *testing.T) {
	folder := t.TempDir()
	r := newRecorder(t, folder)
	path, err := r.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.Start(t.Context()); err != nil || again != path {
		t.Errorf("started again: %q, %v, want %q", again, err, path)
	}
	if state := r.State(); state.Path != path {
		t.Errorf("state %+v", state)
	}
	ring := buffer.NewRing(2, 1000, 40)
	r.Attach(ring, mono)
	ring.Skip(300)
	ring.Write(noise(1, 200))
	if _, remarks := mustStop(t, r); len(remarks) > 0 {
		t.Errorf("remarks %q", remarks)
	}
	if !bytes.Equal(samples(t, path), noise(1, 200)) {
		t.Error("samples differ from those captured")
	}
	// Nothing comes: no file remains.
	if _, err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if message, err := r.Stop(t.Context()); err == nil {
		t.Errorf("%q, want an error", message)
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Errorf("there are %d files, want 1", len(files))
	}
}

func TestFilesAreMadeOnlyInTheFolder(t *testing.T) {
	folder, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside.wav")
	const name = "robot_microphone_20261125T120000.123Z"
	if err := os.Symlink(outside, filepath.Join(folder, name+".wav")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+"_2.wav"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(t, folder)
	path, err := r.Start(t.Context())
	if want := filepath.Join(folder, name+"_3.wav"); err != nil || path != want {
		t.Errorf("%q, %v, want %q", path, err, want)
	}
	if _, err := os.Lstat(outside); err == nil {
		t.Error("a link has led out of the folder")
	}
}

func TestUnusableFolderIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{file, filepath.Join(file, "below"), "/proc/none"} {
		r := newRecorder(t, folder)
		ring := buffer.NewRing(2, 10, 0)
		ring.Write(make([]byte, 10))
		r.Attach(ring, mono)
		for name, do := range map[string]func(context.Context) (string, error){"recording": r.Start, "snippet": r.Snippet} {
			if _, err := do(t.Context()); err == nil || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s in %s: %v, want an error that names both", name, folder, err)
			}
		}
	}
}

func TestSnippetIsTheWholeRing(t *testing.T) {
	const capacity = 1000
	r := newRecorder(t, t.TempDir())
	if _, err := r.Snippet(t.Context()); err == nil || !strings.Contains(err.Error(), "no sound has come yet") {
		t.Errorf("%v, want that no sound has come yet", err)
	}
	snippet := func(want []byte, silent int) {
		t.Helper()
		message, err := r.Snippet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		path, remark, _ := strings.Cut(message, "\n")
		if got := samples(t, path); !bytes.Equal(got, want) {
			t.Errorf("%d bytes differ from the %d wanted", len(got), len(want))
		}
		if told := fmt.Sprintf("%d audio frames (", silent); silent > 0 != strings.HasPrefix(remark, told) {
			t.Errorf("remark %q, want %q", remark, told)
		}
	}
	ring := buffer.NewRing(2, capacity, 0)
	r.Attach(ring, mono)
	all := noise(1, 2*10*capacity)
	ring.Write(all[:2*300])
	snippet(all[:2*300], 0)
	ring.Write(all[2*300 : 2*3333])
	snippet(all[2*2333:2*3333], 0)
	ring.Skip(67)
	ring.Write(all[2*3400 : 2*3500])
	withHole := append([]byte{}, all[2*2500:2*3500]...)
	clear(withHole[2*833 : 2*900])
	snippet(withHole, 67)
	// The sound from before a loss of the device is still available.
	ring.Close()
	r.Detach()
	snippet(withHole, 67)
	again := buffer.NewRing(2, capacity, 3500)
	r.Attach(again, mono)
	snippet(withHole, 67)
	again.Skip(100)
	again.Write(all[2*3600 : 2*3700])
	over := append([]byte{}, all[2*2700:2*3700]...)
	clear(over[2*633 : 2*700])
	clear(over[2*800 : 2*900])
	snippet(over, 167)
	again.Write(all[2*3700 : 2*5000])
	r.State() // gives the former sound up
	snippet(all[2*4000:2*5000], 0)
}

// file is a file on a disk whose speed and room the test chooses.
type file struct {
	mu    sync.Mutex
	data  []byte
	room  int
	slow  chan struct{} // a write waits for it; nil for a fast disk
	stuck chan struct{} // gets one when a write begins to wait; may be nil
}

func (f *file) WriteAt(b []byte, at int64) (int, error) {
	if f.slow != nil && at > 0 {
		if f.stuck != nil {
			select {
			case f.stuck <- struct{}{}:
			default:
			}
		}
		<-f.slow
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if int(at)+len(b) > f.room {
		return 0, errors.New("no space left on device")
	}
	if need := int(at) + len(b); need > len(f.data) {
		f.data = append(f.data, make([]byte, need-len(f.data))...)
	}
	return copy(f.data[at:], b), nil
}

func (f *file) Truncate(size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if more := int(size) - len(f.data); more > 0 {
		f.data = append(f.data, make([]byte, more)...)
	}
	f.data = f.data[:size]
	return nil
}

func (f *file) Sync() error  { return nil }
func (f *file) Close() error { return nil }

func (f *file) samples(t *testing.T) []byte {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	h, err := wav.Read(bytes.NewReader(f.data), int64(len(f.data)))
	if err != nil || h.Truncated > 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	return f.data[h.Start : h.Start+h.Length]
}

func open(f *file) record.Opener {
	return func() (wav.File, string, error) { return f, "memory", nil }
}

func TestSlowDiskHoldsUpNobodyAndIsSaid(t *testing.T) {
	f := &file{room: 1 << 30, slow: make(chan struct{}), stuck: make(chan struct{}, 1)}
	writer := record.NewAsyncWriter(mono, open(f), nil)
	block := noise(1, 1<<20)
	const blocks = record.Backlog/(1<<20) + 5
	writer.Put(0, block)
	<-f.stuck // it is on its way
	for i := 1; i < blocks; i++ {
		writer.Put(uint64(i*len(block)/2), block) // returns, although the disk stands still
	}
	late := writer.Status().Late
	if late != 5*(1<<19) {
		t.Errorf("%d frames late, want those of 5 blocks", late)
	}
	close(f.slow)
	status := writer.Close(0)
	if status.Err != nil || status.Frames != blocks*(1<<19) || status.Silence != late || status.Late != late {
		t.Errorf("%+v, want %d frames, %d of them silence", status, blocks*(1<<19), late)
	}
	want := append(bytes.Repeat(block, blocks-5), make([]byte, 5<<20)...)
	if !bytes.Equal(f.samples(t), want) {
		t.Error("samples differ from those that were put")
	}
}

func TestFullDiskEndsTheFileOnce(t *testing.T) {
	f := &file{room: 10000}
	failed := make(chan error, 10)
	writer := record.NewAsyncWriter(mono, open(f), func(t *record.AsyncWriter) { failed <- t.Status().Err })
	block := noise(1, 1000)
	var err error
	for i := uint64(0); err == nil; i++ {
		writer.Put(500*i, block)
		err = writer.Status().Err
	}
	writer.Put(1<<40, block)
	status := writer.Close(1 << 41)
	if status.Err == nil || !strings.Contains(status.Err.Error(), "no space left") {
		t.Errorf("%v, want that no space is left", status.Err)
	}
	if first := <-failed; first == nil || len(failed) > 0 {
		t.Errorf("told of %v, and %d times more", first, len(failed))
	}
	if got := f.samples(t); len(got) != 9000 || !bytes.Equal(got, bytes.Repeat(block, 9)) {
		t.Errorf("%d bytes remain, want 9000", len(got))
	}
}

func TestOverlapIsWrittenOnce(t *testing.T) {
	f := &file{room: 10000}
	writer := record.NewAsyncWriter(mono, open(f), nil)
	data := noise(1, 2*100)
	writer.Put(1000, data[:2*60])
	writer.Put(1020, data[2*20:2*40])
	writer.Put(1050, data[2*50:])
	writer.Put(0, data)
	if status := writer.Close(0); status.Err != nil || status.Silence != 0 {
		t.Errorf("%+v", status)
	}
	if !bytes.Equal(f.samples(t), data) {
		t.Error("samples differ from those that were put")
	}
}

// TestFileFollowsWhileItIsWritten: a killed process leaves a readable file.
func TestFileFollowsWhileItIsWritten(t *testing.T) {
	f := &file{room: 1 << 20}
	writer := record.NewAsyncWriter(mono, open(f), nil)
	data := noise(1, 2*100)
	for i := range 3 {
		writer.Put(uint64(100*i), data)
		deadline := time.Now().Add(time.Minute)
		for {
			f.mu.Lock()
			told := 0
			if len(f.data) > 84 {
				h, err := wav.Read(bytes.NewReader(f.data), int64(len(f.data)))
				if err != nil {
					t.Error(err)
				}
				// As the header has it, rather than up to the end of the file.
				told = int(f.data[h.Start-4]) + 256*int(f.data[h.Start-3])
			}
			f.mu.Unlock()
			if told == 200*(i+1) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the header tells of %d bytes, want %d", told, 200*(i+1))
			}
			time.Sleep(time.Millisecond)
		}
	}
	writer.Close(0)
}

func TestDirectory(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	t.Setenv("ROS_HOME", "")
	for parameter, want := range map[string]string{
		"": "/home/me/.ros/av_capture", "/data": "/data", "~/sound": "/home/me/sound", "~": "/home/me", "~you/x": "~you/x", "x": "x",
	} {
		if got, err := record.Directory(parameter); err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", parameter, got, err, want)
		}
	}
	t.Setenv("ROS_HOME", "/var/ros")
	if got, err := record.Directory(""); err != nil || got != "/var/ros/av_capture" {
		t.Errorf("%q, %v, want /var/ros/av_capture", got, err)
	}
}

func TestFoldersThatCannotBeMeantAreRefused(t *testing.T) {
	for parameter, want := range map[string]string{
		"": "", "/data": "", "~": "", "~/x": "", "x~y": "", "Aufnahmen für Anna": "",
		"~root": "own user", "~root/x": "own user", "/a\nb": "control characters", "\x1b[2J": "control characters", "/a\u2028b": "control characters",
	} {
		err := record.Check(parameter)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", parameter, err, want)
		}
	}
}

// TestWithoutHomeOnlyRecordingsFail: the folder is asked for when it is needed.
func TestWithoutHomeOnlyRecordingsFail(t *testing.T) {
	t.Setenv("HOME", "")
	t.Setenv("ROS_HOME", "")
	r := newRecorder(t, "")
	if _, err := r.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "record_directory") || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("got %v, want an error that names record_directory and HOME", err)
	}
	r.SetDirectory(t.TempDir())
	if _, err := r.Start(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRecordingWhoseFolderIsRemovedIsBegunAnew(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	r := newRecorder(t, folder)
	first, err := r.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.Start(t.Context()); err != nil || again != first {
		t.Fatalf("got %q, %v, want the recording that there is, %q", again, err, first)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	second, err := r.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(second); err != nil {
		t.Errorf("the answer is a file that is not there: %v", err)
	}
}

func TestRecordingThatWasRemovedIsNoSuccess(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	r := newRecorder(t, folder)
	path, err := r.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ring := buffer.NewRing(mono.FrameSize(), 1000, 0)
	r.Attach(ring, mono)
	ring.Write(noise(1, 200))
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if message, err := r.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), path+" was removed") {
		t.Errorf("got %q, %v, want an error that says that %s was removed", message, err, path)
	}
	ring.Close()
	r.Detach()
}

func TestIndicesThatCannotBeMeantCorruptNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sound.wav")
	writer := record.NewAsyncWriter(mono, func() (wav.File, string, error) {
		file, err := os.Create(path)
		return file, path, err
	}, nil)
	before, more := noise(1, 2*100), noise(2, 2*50)
	const far = 1 << 62 // as many bytes are below zero
	writer.Put(7, before)
	writer.Put(107, more)
	writer.Put(3, before) // partly written already
	writer.Put(far, more)
	writer.Put(far+50, more)
	status := writer.Close(0)
	if !errors.Is(status.Err, wav.ErrTooLong) {
		t.Errorf("%v, want %v", status.Err, wav.ErrTooLong)
	}
	if got := samples(t, path); !bytes.Equal(got, append(before, more...)) {
		t.Errorf("%d bytes are in the file, which are not the first 300", len(got))
	}
}

// U8's silence takes room on the disk, and the time to fill it.
func TestAnEndThatIsAskedForDoesNotWaitForLongSilence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sound.wav")
	format := media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.U8}
	writer := record.NewAsyncWriter(format, func() (wav.File, string, error) {
		file, err := os.Create(path)
		return file, path, err
	}, nil)
	heard := noise(1, 100)
	writer.Put(0, heard)
	writer.Put(1<<40, heard)
	writer.CutShort()
	status := writer.Close(0)
	if !errors.Is(status.Err, record.ErrCutShort) {
		t.Errorf("%v, want %v", status.Err, record.ErrCutShort)
	}
	if got := samples(t, path); !bytes.HasPrefix(got, heard) || uint64(len(got)) != status.Frames {
		t.Errorf("%d bytes are in the file, and %d are told of", len(got), status.Frames)
	}
}

func TestAnEndThatIsAskedForWaitsForShortSilence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sound.wav")
	format := media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.U8}
	writer := record.NewAsyncWriter(format, func() (wav.File, string, error) {
		file, err := os.Create(path)
		return file, path, err
	}, nil)
	writer.CutShort()
	heard := noise(1, 100)
	writer.Put(0, heard)
	writer.Put(10*44100, heard)
	if status := writer.Close(0); status.Err != nil || status.Frames != 10*44100+100 {
		t.Errorf("%+v, want all of 10 s", status)
	}
}
