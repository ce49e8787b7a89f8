package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/nut"
)

const (
	// stallLimit bounds the time in which ffmpeg must take, or give, something.
	stallLimit = 10 * time.Second

	// fewUnderWay is the number of images that ffmpeg may hold without more being waited for.
	// Each is latency.
	fewUnderWay = 4

	// patience is the time after which one more is given to ffmpeg, which may hold several
	// before it gives the first, as some hardware does.
	patience = 100 * time.Millisecond

	// mostUnderWay bounds them.
	mostUnderWay = 64
)

// waiting is what went into ffmpeg and has not come out.
type waiting[T any] struct {
	at  int64 // [us] on the pipe's clock
	tag T
}

// pipe is one run of ffmpeg, into which data goes on one side and comes out on the other. One
// goroutine calls put and close; emit is called on another.
type pipe[T any] struct {
	process *ffmpegprocess.Process
	log     *ffmpegprocess.Log
	writer  *nut.Writer
	emit    func(stream nut.Stream, data []byte, tag T)
	begun   bool
	first   time.Duration // stamp at the clock's 0

	memory nut.Memory // of what comes out; the reading goroutine's

	done chan struct{} // closed when nothing comes out any more
	came chan struct{} // gets a token when something has come out

	mu       sync.Mutex
	underWay []waiting[T] // in the order of their times
	last     int64        // [us] of the newest
	lost     uint64       // that went in and never came out
	err      error        // why nothing comes out any more
}

// startPipe starts ffmpeg. notice takes its messages, each once.
func startPipe[T any](program string, args []string, track nut.Track, notice func(string), emit func(nut.Stream, []byte, T)) (*pipe[T], error) {
	p := &pipe[T]{
		log: ffmpegprocess.NewLog(notice), emit: emit, last: -1,
		done: make(chan struct{}), came: make(chan struct{}, 1),
	}
	var err error
	if p.process, err = ffmpegprocess.StartReading(program, args, p.log); err != nil {
		return nil, err
	}
	if p.writer, err = nut.NewWriter(p.process.Input, []nut.Track{track}); err != nil {
		p.process.Input.Close()
		p.process.End()
		return nil, err
	}
	go p.read()
	return p, nil
}

// put gives ffmpeg data with a stamp on a clock that does not step. It blocks while too much is
// under way. The error is that of ffmpeg's end, of a stall, or of ctx.
func (p *pipe[T]) put(ctx context.Context, stamp time.Duration, data []byte, tag T) error {
	if err := p.room(ctx); err != nil {
		return err
	}
	if !p.begun {
		p.begun, p.first = true, stamp
	}
	p.mu.Lock()
	at := max((stamp - p.first).Microseconds(), p.last+1)
	p.last = at
	p.underWay = append(p.underWay, waiting[T]{at, tag})
	p.mu.Unlock()
	if err := p.write(ctx, at, data); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if last := len(p.underWay) - 1; last >= 0 && p.underWay[last].at == at {
			p.underWay = p.underWay[:last] // it is not lost but refused
		}
		return err
	}
	return nil
}

// write writes a packet.
func (p *pipe[T]) write(ctx context.Context, at int64, data []byte) error {
	stop := context.AfterFunc(ctx, func() { _ = p.process.Input.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := p.process.Input.SetWriteDeadline(time.Now().Add(stallLimit)); err != nil {
		return p.failure()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := p.writer.Write(0, at*int64(time.Microsecond), data)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("ffmpeg takes nothing for %v%s", stallLimit, p.log.Because())
	}
	return p.failure()
}

// room waits until no more than some images are under way.
func (p *pipe[T]) room(ctx context.Context) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	begun := time.Now()
	for patient := true; ; {
		p.mu.Lock()
		count := len(p.underWay)
		p.mu.Unlock()
		select {
		case <-p.done:
			return p.failure()
		default:
		}
		if count < fewUnderWay || !patient && count < mostUnderWay {
			return nil
		}
		select {
		case <-p.came:
		case <-timer.C:
			if patient = false; time.Since(begun) > stallLimit {
				return fmt.Errorf("ffmpeg gives nothing for %v%s", stallLimit, p.log.Because())
			}
			timer.Reset(time.Second)
		case <-p.done:
			return p.failure()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// read emits what comes out, until the end.
func (p *pipe[T]) read() {
	defer close(p.done)
	defer p.memory.Free()
	err := p.readAll()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

func (p *pipe[T]) readAll() error {
	reader := nut.NewReader(p.process.Output)
	stream, err := reader.Open()
	for err == nil {
		var packet nut.Packet
		if packet, err = reader.Next(); err != nil {
			break
		}
		var data []byte
		if data, err = p.memory.Room(packet.Size); err != nil {
			break
		}
		if err = reader.Read(data); err != nil {
			break
		}
		if tag, ok := p.match(packet.Time.Microseconds()); ok {
			p.emit(stream, data, tag)
		}
		select {
		case p.came <- struct{}{}:
		default:
		}
	}
	return err
}

// match returns what belongs to a time, and counts what is missing before it.
func (p *pipe[T]) match(at int64) (tag T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.underWay) && p.underWay[n].at < at {
		n++
	}
	p.lost += uint64(n)
	if n < len(p.underWay) && p.underWay[n].at == at {
		tag, ok = p.underWay[n].tag, true
		n++
	}
	p.underWay = append(p.underWay[:0], p.underWay[n:]...)
	return tag, ok
}

// takeLost returns what was lost since the last call.
func (p *pipe[T]) takeLost() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	lost := p.lost
	p.lost = 0
	return lost
}

// failure waits for ffmpeg's end, and returns why it came.
func (p *pipe[T]) failure() error {
	if !p.process.Wait(ffmpegprocess.EndLimit) {
		return fmt.Errorf("ffmpeg has closed its pipes%s", p.log.Because())
	}
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil && !errors.Is(p.err, io.EOF) && !errors.Is(p.err, io.ErrUnexpectedEOF) {
		return p.err
	}
	return fmt.Errorf("%s%s", p.process.Fate(), p.log.Because())
}

// close ends ffmpeg. What is under way is lost, and counted by takeLost.
func (p *pipe[T]) close() {
	p.log.Mute() // it complains of the closed pipes
	p.process.Input.Close()
	p.process.End()
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost += uint64(len(p.underWay))
	p.underWay = nil
}
