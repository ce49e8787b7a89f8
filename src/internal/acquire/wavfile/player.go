package wavfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/regularfile"
	"av_capture/src/internal/wav"
)

// Config describes a file and how to play it.
type Config struct {
	Path         string
	Loop         bool // begin anew at the end, without a gap (optional)
	Batch        bool // as fast as emit takes it, which may then block (optional)
	PeriodFrames int  // [audio frames] of a period, at least 1

	// Open opens Path at each opening of the player, and refuses files that may not be
	// opened (optional).
	Open func(path string) (*os.File, error)

	// Notice gets a remark for people about a file that is shorter than its header says
	// (optional). It is called during Open.
	Notice func(text string)
}

// Player is an [acquire.AudioSource] that plays a file. It is paced like a sound card: a late
// consumer finds up to half a second waiting, and older sound is reported as Lost. In batch
// mode it waits for emit alone, and nothing is lost: Arrival goes on with the sound from the
// time at which Run was called, and is soon ahead of the clock.
type Player struct {
	config Config

	file  *os.File      // nil while closed
	reads atomic.Uint64 // begun and ended; see Calls

	header wav.Header
	pace   *timing.Pace
	at     int64 // [bytes] from the first sample
}

var (
	_ acquire.AudioSource = (*Player)(nil)
	_ acquire.Patient     = (*Player)(nil)
	_ acquire.CallCounter = (*Player)(nil)
)

// Patience implements [acquire.Patient]. A sleeping disk takes seconds, a busy file server
// some more.
func (p *Player) Patience() acquire.Patience {
	return acquire.Patience{
		Open: 15 * time.Second, Call: 15 * time.Second,
		Cure: "look at the disk or the file server, or set device to another file",
	}
}

// Calls implements [acquire.CallCounter]: it counts reads of the file.
func (p *Player) Calls() uint64 { return p.reads.Load() }

// New returns a player; Open opens the file.
func New(config Config) *Player { return &Player{config: config} }

// Open opens the file and reads its header. Its error is [media.ErrAbsent] if there is no
// such file, and [media.ErrUnsupported] if the file cannot be played.
func (p *Player) Open(ctx context.Context) (media.AudioFormat, error) {
	format, err := p.open(ctx)
	if err != nil {
		return media.AudioFormat{}, fmt.Errorf("wavfile: open %q: %w", p.config.Path, err)
	}
	return format, nil
}

func (p *Player) open(ctx context.Context) (media.AudioFormat, error) {
	if err := ctx.Err(); err != nil {
		return media.AudioFormat{}, err
	}
	if p.config.PeriodFrames < 1 {
		return media.AudioFormat{}, unsupported("block_size is %d, must be at least 1", p.config.PeriodFrames)
	}
	open := p.config.Open
	if open == nil {
		open = regularfile.Open
	}
	file, err := open(p.config.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return media.AudioFormat{}, fmt.Errorf("no such file: %w", media.ErrAbsent)
	case errors.Is(err, regularfile.ErrOther):
		return media.AudioFormat{}, unsupported("%w", err)
	case err != nil:
		return media.AudioFormat{}, cause(err)
	}
	h, err := inspect(ctx, file)
	if err != nil {
		file.Close()
		return media.AudioFormat{}, cause(err)
	}
	if h.Truncated > 0 && p.config.Notice != nil {
		seconds := func(bytes int64) time.Duration {
			return time.Duration(float64(bytes) / float64(h.FrameSize()*h.SampleRate) * 1e9).Round(time.Millisecond)
		}
		p.config.Notice(fmt.Sprintf("%q is cut off: %v of %v are there and will be played",
			p.config.Path, seconds(h.Length), seconds(h.Length+h.Truncated)))
	}
	p.file, p.header, p.at = file, h, 0
	p.pace = timing.NewPace(h.SampleRate)
	return media.AudioFormat{
		Device:     p.config.Path,
		SampleRate: h.SampleRate,
		Channels:   h.Channels,
		Encoding:   h.Encoding,
	}, nil
}

func inspect(ctx context.Context, file *os.File) (wav.Header, error) {
	info, err := file.Stat()
	if err != nil {
		return wav.Header{}, err
	}
	h, err := wav.Read(until{ctx, file}, info.Size())
	if err == nil && h.Length == 0 {
		err = unsupported("a WAV file without sound")
	}
	return h, err
}

// until is a file whose reads fail when its context has ended.
type until struct {
	ctx  context.Context
	file io.ReaderAt
}

func (u until) ReadAt(data []byte, at int64) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.file.ReadAt(data, at)
}

// cause leaves out the path, which is in the text already.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// Run emits periods until ctx ends, and then returns nil, or until the file ends, and then
// returns an [media.ErrEnd]. The last period may be shorter. Run calls emit on its own
// goroutine.
func (p *Player) Run(ctx context.Context, emit func(media.Period)) error {
	alarm, err := clock.NewThreadAlarm(ctx)
	if err != nil {
		return fmt.Errorf("wavfile: run: %w", err)
	}
	defer alarm.Close()
	frameSize := int64(p.header.FrameSize())
	period := make([]byte, p.config.PeriodFrames*p.header.FrameSize()) // the node may have refused the format by now
	next := p.pace.Next
	if p.config.Batch {
		next = p.pace.NoWait
	}
	for {
		frames := p.config.PeriodFrames
		if !p.config.Loop {
			frames = int(min(int64(frames), (p.header.Length-p.at)/frameSize))
			if frames == 0 {
				return fmt.Errorf("wavfile: %q: %w", p.config.Path, media.ErrEnd)
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
		data := period[:int64(frames)*frameSize]
		if err := p.read(data); err != nil {
			return fmt.Errorf("wavfile: read %q: %w: %w", p.config.Path, cause(err), media.ErrLost)
		}
		emit(media.Period{Data: data, Frames: frames, Arrival: now, Lost: lost})
	}
}

// read fills data from the present position, beyond the end of the file if it loops.
func (p *Player) read(data []byte) error {
	for len(data) > 0 {
		p.at %= p.header.Length
		p.reads.Add(1)
		n, err := p.file.ReadAt(data[:min(int64(len(data)), p.header.Length-p.at)], p.header.Start+p.at)
		p.reads.Add(1)
		if n == 0 && err != nil {
			return err
		}
		data = data[n:]
		p.at += int64(n)
	}
	return nil
}

// Close closes the file.
func (p *Player) Close() error {
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
	return fmt.Errorf(format+": %w", append(values, media.ErrUnsupported)...)
}
