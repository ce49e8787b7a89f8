package wavfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/pace"
	"av_capture/src/internal/wav"
)

// Config says which file to play.
type Config struct {
	Path         string
	Loop         bool // begin anew at the end, without a gap (optional)
	Hurried      bool // as fast as emit takes it, which may then block (optional)
	PeriodFrames int  // [audio frames] handed over at once, at least 1

	// Notice is told what a user should know but need not act on: a file that
	// is shorter than its header says (optional). It is called during Open.
	Notice func(text string)
}

// Player is an [acquire.AudioSource] that plays a file. It is paced as a sound
// card is: a consumer that is late finds up to half a second waiting, and has
// what is older reported as Lost. A hurried one waits for emit alone, and nothing
// is lost: Arrival goes on with the sound from when Run was called, which is soon
// ahead of the clock.
type Player struct {
	config Config

	mu   sync.Mutex // guards file against Close
	file *os.File

	header wav.Header
	pace   *pace.Pace
	at     int64 // [bytes] from the first sample
	data   []byte
}

var _ acquire.AudioSource = (*Player)(nil)

// New returns a player; Open opens the file.
func New(config Config) *Player { return &Player{config: config} }

// Open opens the file and reads its header. A file that is not there is an
// [acquire.ErrAbsent], one that cannot be played an [acquire.ErrUnsupported].
func (p *Player) Open(ctx context.Context) (acquire.AudioFormat, error) {
	format, err := p.open(ctx)
	if err != nil {
		return acquire.AudioFormat{}, fmt.Errorf("wavfile: open %q: %w", p.config.Path, err)
	}
	return format, nil
}

func (p *Player) open(ctx context.Context) (acquire.AudioFormat, error) {
	if err := ctx.Err(); err != nil {
		return acquire.AudioFormat{}, err
	}
	if p.config.PeriodFrames < 1 {
		return acquire.AudioFormat{}, unsupported("block_size is %d, must be at least 1", p.config.PeriodFrames)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file != nil {
		return acquire.AudioFormat{}, errors.New("already open")
	}
	file, err := os.Open(p.config.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return acquire.AudioFormat{}, fmt.Errorf("no such file: %w", acquire.ErrAbsent)
	} else if err != nil {
		return acquire.AudioFormat{}, cause(err)
	}
	h, err := inspect(file)
	if err != nil {
		file.Close()
		return acquire.AudioFormat{}, cause(err)
	}
	if h.Truncated > 0 && p.config.Notice != nil {
		seconds := func(bytes int64) time.Duration {
			return time.Duration(float64(bytes) / float64(h.FrameSize()*h.SampleRate) * 1e9).Round(time.Millisecond)
		}
		p.config.Notice(fmt.Sprintf("%q is cut off: %v of %v are there and will be played",
			p.config.Path, seconds(h.Length), seconds(h.Length+h.Truncated)))
	}
	p.file, p.header, p.at = file, h, 0
	p.pace = pace.New(h.SampleRate)
	p.data = make([]byte, p.config.PeriodFrames*h.FrameSize())
	return acquire.AudioFormat{
		Device:     p.config.Path,
		SampleRate: h.SampleRate,
		Channels:   h.Channels,
		Encoding:   h.Encoding,
	}, nil
}

func inspect(file *os.File) (wav.Header, error) {
	info, err := file.Stat()
	if err != nil {
		return wav.Header{}, err
	}
	if !info.Mode().IsRegular() {
		return wav.Header{}, unsupported("not a file")
	}
	h, err := wav.Read(file, info.Size())
	if err == nil && h.Length == 0 {
		err = unsupported("a WAV file without sound")
	}
	return h, err
}

// cause leaves out the path that the os package repeats.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// Run emits periods until ctx ends, and then returns nil, or until the file
// ends, and then returns an [acquire.ErrEnd]. The last period may be shorter.
// emit is called on the caller's goroutine.
func (p *Player) Run(ctx context.Context, emit func(acquire.Period)) error {
	p.mu.Lock()
	file := p.file
	p.mu.Unlock()
	if file == nil {
		return errors.New("wavfile: run: not open")
	}
	alarm, err := acquire.NewThreadAlarm(ctx)
	if err != nil {
		return fmt.Errorf("wavfile: run: %w", err)
	}
	defer alarm.Close()
	frameSize := int64(p.header.FrameSize())
	next := p.pace.Next
	if p.config.Hurried {
		next = p.pace.Hurry
	}
	for {
		frames := p.config.PeriodFrames
		if !p.config.Loop {
			frames = int(min(int64(frames), (p.header.Length-p.at)/frameSize))
			if frames == 0 {
				return fmt.Errorf("wavfile: %q: %w", p.config.Path, acquire.ErrEnd)
			}
		}
		now, lost, ok := next(alarm, frames)
		if !ok {
			return nil
		}
		p.at += int64(lost) * frameSize
		if !p.config.Loop {
			// The loss may reach to the end.
			frames = int(min(int64(frames), max(0, (p.header.Length-p.at)/frameSize)))
			if frames == 0 {
				continue
			}
		}
		data := p.data[:int64(frames)*frameSize]
		if err := p.read(file, data); err != nil {
			return fmt.Errorf("wavfile: read %q: %w: %w", p.config.Path, cause(err), acquire.ErrLost)
		}
		emit(acquire.Period{Data: data, Frames: frames, Arrival: now, Lost: lost})
	}
}

// read fills data from where the player is, over the end of the file where it
// loops.
func (p *Player) read(file *os.File, data []byte) error {
	for len(data) > 0 {
		p.at %= p.header.Length
		n, err := file.ReadAt(data[:min(int64(len(data)), p.header.Length-p.at)], p.header.Start+p.at)
		if n == 0 && err != nil {
			return err
		}
		data = data[n:]
		p.at += int64(n)
	}
	return nil
}

// Close closes the file. It may be called any number of times, but not while
// Run is running.
func (p *Player) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil
	}
	err := p.file.Close()
	p.file = nil
	if err != nil {
		return fmt.Errorf("wavfile: close %q: %w", p.config.Path, cause(err))
	}
	return nil
}

func unsupported(format string, values ...any) error {
	return fmt.Errorf(format+": %w", append(values, acquire.ErrUnsupported)...)
}
