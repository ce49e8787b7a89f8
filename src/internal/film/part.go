package film

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/await"
	"av_capture/src/internal/encoders"
	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/nut"

	"golang.org/x/sys/unix"
)

// part is one file of a film. The recorder's goroutine uses it; any may call status.
type part struct {
	path    string
	origin  time.Duration // stamp at the file's time 0
	log     *ffmpegprocess.Log
	process *ffmpegprocess.Process
	buffer  *bufio.Writer // for what is small; large images pass it
	writer  *nut.Writer
	told    sync.WaitGroup // the goroutine that reads ffmpeg's progress

	ending atomic.Bool   // close was called
	idle   atomic.Int64  // [ns] for which ffmpeg wrote nothing at the end, and was ended; 0 if it was not
	kept   chan struct{} // closed when ffmpeg was killed, and the kernel keeps it

	images int           // written
	failed error         // why ffmpeg takes no more
	delay  time.Duration // by which sound would come out too late; it is written earlier

	mu      sync.Mutex
	end     time.Duration // of what ffmpeg was given, since origin
	written time.Duration // what it says that it has written; it says nothing while it waits
}

// Clocks of ffmpeg's encoders [ticks/s]. All encoders take the usual one, of which the periods
// of 24, 25, 30 and 60 images/s are multiples. AVI has a rate instead of times: each tick
// without an image takes some bytes.
const (
	timeScale    = "60000"
	aviTimeScale = "1000"
)

// track is a stream in a part.
type track struct {
	title   string
	picture pictureFormat // of images; zero for sound
	sound   *soundtrack   // nil for images
}

// newPart starts ffmpeg for the file of a path, which is empty, or is replaced.
func newPart(c *Config, tool *encoders.FFmpeg, path string, origin time.Duration, tracks []track) (*part, error) {
	p := &part{path: path, origin: origin, log: ffmpegprocess.NewLog(c.Notice), kept: make(chan struct{})}
	p.log.Speak()
	args, err := c.arguments(tool, path, origin, tracks)
	if err != nil {
		return nil, err
	}
	p.process, err = ffmpegprocess.StartReading(tool.Program, args, p.log)
	if err != nil {
		return nil, err
	}
	p.told.Add(1)
	go func() {
		defer p.told.Done()
		p.follow()
	}()
	described := make([]nut.Track, len(tracks))
	for i, t := range tracks {
		described[i] = t.describe()
	}
	p.buffer = bufio.NewWriterSize(p.process.Input, bufferSize)
	if p.writer, err = nut.NewWriter(p.buffer, described); err == nil {
		err = p.buffer.Flush()
	}
	if err != nil {
		p.failure()
		p.abandon(0)
		return nil, p.close()
	}
	return p, nil
}

// hasSound reports whether one of the tracks is sound.
func hasSound(tracks []track) bool {
	return slices.ContainsFunc(tracks, func(t track) bool { return t.sound != nil })
}

// describe returns a track as ffmpeg is told of it. Sound passes as 32-bit float, which has
// room for all that 24 bits have.
func (t track) describe() nut.Track {
	if t.sound != nil {
		return nut.Track{FourCC: "PFD ", SampleRate: t.sound.format.SampleRate, Channels: t.sound.format.Channels}
	}
	return nut.Track{FourCC: nut.FourCCs[t.picture.encoding].Code, Width: t.picture.width, Height: t.picture.height}
}

// arguments returns ffmpeg's command line without the program's name.
func (c *Config) arguments(tool *encoders.FFmpeg, path string, origin time.Duration, tracks []track) ([]string, error) {
	args := []string{"-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+error", "-progress", "pipe:1", "-stats_period", "0.5"}
	args = append(args, encoders.Device(c.video, c.Device)...)
	// The headers say all; looking for more would hold images back. No times are changed.
	args = append(args, "-probesize", "32", "-analyzeduration", "0", "-copyts", "-f", "nut", "-i", "pipe:0")
	var video, audio int
	for i, t := range tracks {
		args = append(args, "-map", fmt.Sprintf("0:%d", i))
		var stream string
		if t.sound != nil {
			stream = fmt.Sprintf("a:%d", audio)
			audio++
			args = append(args, c.soundOptions(stream, t)...)
		} else {
			stream = fmt.Sprintf("v:%d", video)
			video++
			options, err := c.imageOptions(stream, t)
			if err != nil {
				return nil, err
			}
			args = append(args, options...)
		}
		// Matroska has titles of streams, mp4 names of handlers.
		args = append(args, "-metadata:s:"+stream, "title="+t.title, "-metadata:s:"+stream, "handler_name="+t.title)
	}
	args = append(args, tool.Untimed...)
	for _, option := range c.Options {
		name, value, _ := strings.Cut(option, "=")
		args = append(args, "-"+name, value)
	}
	start := time.Unix(0, int64(origin)).UTC()
	args = append(args,
		"-metadata", "creation_time="+start.Format("2006-01-02T15:04:05.000000Z"),
		"-metadata", fmt.Sprintf("comment=ROS time of the start: %d.%09d", origin/time.Second, origin%time.Second),
		// A stream that pauses does not hold up the others for long.
		"-max_interleave_delta", "2000000", "-max_muxing_queue_size", "10000", "-flush_packets", "1")
	args = append(args, c.container.options...)
	// The absolute path is neither an option nor a protocol.
	return append(args, "-f", c.container.format, "-y", "file:"+path), nil
}

// imageOptions returns the options of a stream of images.
func (c *Config) imageOptions(stream string, t track) ([]string, error) {
	if c.video == Copy {
		if !t.picture.compressed() {
			return nil, fmt.Errorf("images of %s are %s, which cannot be stored as they are: --video copy is for topics of compressed images", t.title, t.picture)
		}
		return []string{"-c:" + stream, Copy}, nil
	}
	scale := timeScale
	if c.container.format == "avi" {
		scale = aviTimeScale
	}
	options := append([]string{"-c:" + stream, c.video}, encoders.Options(c.video)...)
	options = append(options, "-enc_time_base:"+stream, "1:"+scale, "-force_key_frames:"+stream, "expr:gte(t,n_forced)")
	if chain := encoders.Filters(c.video, t.picture.width, t.picture.height); chain != "" {
		options = append(options, "-filter:"+stream, chain)
	}
	return options, nil
}

// soundOptions returns the options of a stream of sound.
func (c *Config) soundOptions(stream string, t track) []string {
	codec, encoding := c.audio, t.sound.format.Encoding
	if c.Audio == "pcm" {
		codec = map[string]string{"S24LE": "pcm_s24le", "S32LE": "pcm_s32le", "F32LE": "pcm_f32le"}[string(encoding)]
		if codec == "" {
			codec = "pcm_s16le"
		}
	}
	options := []string{"-c:" + stream, codec}
	if codec == "flac" {
		format := "s32" // 24 bits of it
		if encoding.Size() <= 2 {
			format = "s16"
		}
		options = append(options, "-sample_fmt:"+stream, format)
	}
	return options
}

// image writes an image of a track.
func (p *part) image(track int, stamp time.Duration, data []byte) error {
	at := stamp - p.origin
	if err := p.writer.Write(track, int64(at), data); err != nil {
		return p.failure()
	}
	p.images++
	p.extend(at)
	return nil
}

// sound writes audio frames of a track, the first of which has an index in the part.
func (p *part) sound(track int, first int64, samples []float64, s *soundtrack) error {
	first -= int64(math.Round(p.delay.Seconds() * float64(s.format.SampleRate)))
	if first < 0 {
		skip := min(-first*int64(s.format.Channels), int64(len(samples)))
		first, samples = first+skip/int64(s.format.Channels), samples[skip:]
	}
	if len(samples) == 0 {
		return nil
	}
	data := make([]byte, 0, 4*len(samples))
	for _, x := range samples {
		bits := math.Float32bits(float32(x))
		data = append(data, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
	}
	if err := p.writer.Write(track, first, data); err != nil {
		return p.failure()
	}
	frames := float64(first + int64(len(samples)/s.format.Channels))
	p.extend(time.Duration(frames / float64(s.format.SampleRate) * float64(time.Second)))
	return nil
}

// flush hands to ffmpeg what is held back for it.
func (p *part) flush() error {
	if p.buffer.Flush() != nil {
		return p.failure()
	}
	return nil
}

// bufferSize is the most that is held back for ffmpeg [bytes].
const bufferSize = 1 << 16

// extend notes that ffmpeg was given something up to a time.
func (p *part) extend(to time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = max(p.end, to)
}

// follow reads ffmpeg's progress.
func (p *part) follow() {
	lines := bufio.NewScanner(p.process.Output)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		if us, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); key == "out_time_us" && err == nil {
			p.mu.Lock()
			p.written = max(p.written, time.Duration(us)*time.Microsecond)
			p.mu.Unlock()
		}
	}
}

// progress is the state of a part that ffmpeg writes.
type progress struct {
	given    time.Duration // up to which it was given packets
	written  time.Duration // up to which it reports to have written them
	size     int64         // [bytes] of the file
	modified time.Time     // the file
}

// progress returns the state of the part. It reads the state of the file, which blocks while the
// disk does.
func (p *part) progress() progress {
	var now progress
	if info, err := os.Stat(p.path); err == nil {
		now.size, now.modified = info.Size(), info.ModTime()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now.given, now.written = p.end, p.written
	return now
}

const (
	// endPatience bounds the wait for ffmpeg's end after it has closed its input, or was
	// killed.
	endPatience = 5 * time.Second

	// idleLimit bounds the time in which ffmpeg writes nothing when it is to finish the file.
	// Encoders that look far ahead, and disks that start, take seconds.
	idleLimit = 30 * time.Second
)

// failure returns the reason that ffmpeg takes no more.
func (p *part) failure() error {
	if p.failed == nil {
		p.failed = p.findFailure()
	}
	return p.failed
}

func (p *part) findFailure() error {
	if !p.process.Wait(endPatience) && p.idle.Load() == 0 {
		return fmt.Errorf("ffmpeg takes no more%s", p.log.Because())
	}
	p.told.Wait()
	now := p.progress()
	err := p.reason()
	if now.size > 0 {
		return fmt.Errorf("%s ends early, after about %.1f s of %.1f s: %w", p.path, now.written.Seconds(), now.given.Seconds(), err)
	}
	return fmt.Errorf("%s cannot be written: %w", p.path, err)
}

// Room below which a disk counts as full, or a file as being at its limit [bytes].
const noRoom = 1 << 20

// reason returns the reason of ffmpeg's end, in our words where we can tell it.
func (p *part) reason() error {
	if idle := time.Duration(p.idle.Load()); idle > 0 {
		return fmt.Errorf("ffmpeg did not finish it, wrote nothing for %v and was ended%s", idle, p.log.Because())
	}
	var system unix.Statfs_t
	if unix.Statfs(filepath.Dir(p.path), &system) == nil && system.Bavail*uint64(system.Bsize) < noRoom {
		return errors.New("its disk is full: make room, or choose another folder")
	}
	var limit unix.Rlimit
	if info, err := os.Stat(p.path); err == nil && unix.Getrlimit(unix.RLIMIT_FSIZE, &limit) == nil && limit.Cur != unix.RLIM_INFINITY &&
		uint64(info.Size())+noRoom > limit.Cur {
		return fmt.Errorf("it is at the limit of a file's size for this process, %d bytes (ulimit -f)", limit.Cur)
	}
	return fmt.Errorf("%s%s", p.process.Fate(), p.log.Because())
}

// close has ffmpeg finish the file, and waits for that: as long as that takes, unless it is
// abandoned meanwhile.
func (p *part) close() error {
	p.ending.Store(true)
	_ = p.flush() // its error is kept
	p.process.Input.Close()
	select {
	case <-p.process.Done():
	case <-p.kept:
		return p.failure()
	}
	p.told.Wait()
	p.process.Output.Close()
	if !p.process.State().Success() {
		return p.failure()
	}
	return p.failed
}

// abandon ends ffmpeg, which is to finish the file and has written nothing for a time. What
// waits for it goes on, with an error. Any goroutine may call it, once.
func (p *part) abandon(idle time.Duration) {
	p.idle.Store(int64(idle))
	p.process.Input.Close() // ends a write that blocks
	ended := await.Do(func() error {
		p.process.End()
		return nil
	})
	if !ended.Within(endPatience) {
		close(p.kept)
	}
}

// remove removes the file if it is empty.
func remove(path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
