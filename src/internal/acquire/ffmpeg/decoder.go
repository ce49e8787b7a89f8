package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

const (
	// handedFile is the file that ffmpeg is handed as its file descriptor 3. A path may lead
	// to another file by the time that it is opened.
	handedFile = "file:/proc/self/fd/3"

	// aheadOf is the length of the sound that is decoded in advance: the end is known before
	// it is due, and ffmpeg may be late.
	aheadOf = time.Second

	// timeOffset is added to the times of the sound, which NUT cannot have below 0.
	timeOffset = time.Hour

	// synchronized has ffmpeg keep sound in step with its times in the file: what is missing
	// becomes silence, and a sample clock that is off is resampled from 0.5 ms on, which keeps
	// one of 400 ppm within 3 ms. Sound whose times fit is left as it is, bit for bit.
	synchronized = "aresample=async=1000:min_comp=0.0005:min_hard_comp=0.01"
)

// handedInput is that file as an input.
var handedInput = limited([]string{"-protocol_whitelist", "file", "-format_whitelist", inputurl.Formats, "-i", handedFile})

// soundFormats are the formats of one sample as ffmpeg calls them.
var soundFormats = map[media.SampleFormat]string{
	media.S16LE: "pcm_s16le",
	media.S24LE: "pcm_s24le",
	media.S32LE: "pcm_s32le",
	media.F32LE: "pcm_f32le",
	media.U8:    "pcm_u8",
}

// decoder is one run of ffmpeg that decodes the sound of a file. A goroutine of its own reads
// ahead.
type decoder struct {
	process *ffmpegprocess.Process
	log     *ffmpegprocess.Log
	format  media.AudioFormat // of the file, once it is open
	start   time.Duration     // of the first audio frame, on the file's clock; likewise

	open chan struct{} // closed when format and start, or err, are known
	done chan struct{} // closed when the goroutine has ended
	quit chan struct{} // closed to end it
	more chan struct{} // gets a token when there is more sound, or the end
	room chan struct{} // gets a token when sound was taken

	mu     sync.Mutex
	buffer []byte // of whole audio frames, used as a ring
	from   int    // [bytes] where the oldest sound in it is
	length int    // [bytes] of sound in it
	taken  int64  // [audio frames] before the oldest
	err    error  // why there is no more; io.EOF at the end
}

// decode starts ffmpeg, from about a time on the file's clock on, or from the beginning.
func decode(program string, file *os.File, encoding media.SampleFormat, from *time.Duration, log *ffmpegprocess.Log) (*decoder, error) {
	args := []string{"-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+warning", "-copyts"}
	if from != nil {
		args = append(args, "-seek_timestamp", "1", "-noaccurate_seek", "-ss", strconv.FormatFloat(from.Seconds(), 'f', 6, 64))
	}
	args = append(args, "-vn", "-sn", "-dn")
	args = append(args, handedInput...)
	args = append(args, "-map", "0:a:0", "-af", synchronized, "-c:a", soundFormats[encoding],
		"-output_ts_offset", strconv.FormatFloat(timeOffset.Seconds(), 'f', 0, 64), "-avoid_negative_ts", "disabled",
		"-f", "nut", "-write_index", "0", "pipe:1")
	process, err := ffmpegprocess.Start(program, args, log, file)
	if err != nil {
		return nil, err
	}
	d := &decoder{
		process: process, log: log,
		format: media.AudioFormat{Encoding: encoding},
		open:   make(chan struct{}), done: make(chan struct{}), quit: make(chan struct{}),
		more: make(chan struct{}, 1), room: make(chan struct{}, 1),
	}
	go d.run()
	return d, nil
}

// close ends ffmpeg and the goroutine.
func (d *decoder) close() {
	close(d.quit)
	d.process.End()
	<-d.done
}

// run reads until the end.
func (d *decoder) run() {
	defer close(d.done)
	reader := nut.NewReader(d.process.Output)
	packet, err := d.begin(reader)
	if err != nil {
		d.err = err // nobody looks at it yet
		close(d.open)
		return
	}
	close(d.open)
	for err == nil {
		if err = d.read(reader, packet.Size); err == nil {
			if err = d.limit(stallLimit); err == nil {
				packet, err = reader.Next()
			}
		}
	}
	err = d.ending(err)
	d.mu.Lock()
	d.err = err
	d.mu.Unlock()
	signal(d.more)
}

// begin reads the format, and the header of the first packet.
func (d *decoder) begin(reader *nut.Reader) (packet nut.Packet, err error) {
	if err := d.limit(firstImageLimit); err != nil {
		return packet, err
	}
	stream, err := reader.Open()
	if err == nil {
		packet, err = reader.Next()
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return packet, fmt.Errorf("no sound within %v: %w", firstImageLimit, media.ErrLost)
	case ended(err):
		// close ends the process, and with it the wait.
		return packet, refused(context.Background(), d.process, d.log, input{}, "ffmpeg", "sound")
	case err != nil:
		return packet, err
	}
	d.format.SampleRate, d.format.Channels = stream.SampleRate, stream.Channels
	if err := media.CheckSound(d.format); err != nil {
		return packet, fmt.Errorf("%w: %w", err, media.ErrUnsupported)
	}
	d.start = packet.Time - timeOffset
	d.buffer = make([]byte, int(aheadOf.Seconds())*d.format.SampleRate*d.format.FrameSize())
	return packet, nil
}

// limit ends reads when a limit is over.
func (d *decoder) limit(limit time.Duration) error {
	return d.process.Output.SetReadDeadline(time.Now().Add(limit))
}

// read reads a packet into the buffer. It blocks while that is full.
func (d *decoder) read(reader *nut.Reader, size int) error {
	for size > 0 {
		d.mu.Lock()
		at := (d.from + d.length) % len(d.buffer)
		free := min(len(d.buffer)-d.length, len(d.buffer)-at, size)
		d.mu.Unlock()
		if free == 0 {
			select {
			case <-d.room:
				continue
			case <-d.quit:
				return os.ErrClosed
			}
		}
		if err := d.limit(stallLimit); err != nil {
			return err
		}
		if err := reader.Read(d.buffer[at : at+free]); err != nil {
			return err
		}
		size -= free
		d.mu.Lock()
		d.length += free
		d.mu.Unlock()
		signal(d.more)
	}
	return nil
}

// ending returns the error of the end of the sound, io.EOF of an ordinary one.
func (d *decoder) ending(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("ffmpeg gives no more sound%s: %w", d.log.Because(), media.ErrLost)
	case !ended(err):
		return err
	case !d.process.Wait(exitLimit):
		return fmt.Errorf("ffmpeg has closed its output%s: %w", d.log.Because(), media.ErrLost)
	case errors.Is(err, io.EOF) && d.process.State().Success():
		return io.EOF
	}
	return fmt.Errorf("%s%s: %w", d.process.Fate(), d.log.Because(), media.ErrLost)
}

// wait waits until the file is open.
func (d *decoder) wait(ctx context.Context) error {
	select {
	case <-d.open:
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.format.SampleRate == 0 || d.buffer == nil {
			return d.err
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take fills data with the audio frames from an index on; the first one that was decoded is 0.
// What is before that is left as it is. It returns the number of audio frames before the end:
// fewer than data has room for, once the end is reached. Indices grow from call to call. It
// blocks until ffmpeg has decoded the frames. The decoder must be open.
func (d *decoder) take(ctx context.Context, data []byte, at int64) (frames int64, err error) {
	frame := d.format.FrameSize()
	wanted := int64(len(data) / frame)
	for len(data) > 0 {
		d.mu.Lock()
		if before := min(d.taken-at, int64(len(data)/frame)); before > 0 {
			data, at = data[before*int64(frame):], at+before
		}
		d.drop(min(int(min(at-d.taken, int64(len(d.buffer)))), d.length/frame))
		if at == d.taken {
			for len(data) > 0 && d.length >= frame {
				whole := min(len(data), d.length/frame*frame, len(d.buffer)-d.from)
				copy(data, d.buffer[d.from:d.from+whole])
				data, at = data[whole:], at+int64(whole/frame)
				d.drop(whole / frame)
			}
		}
		empty, err := d.length < frame, d.err
		d.mu.Unlock()
		signal(d.room)
		switch {
		case len(data) == 0:
		case empty && err == io.EOF:
			return wanted - int64(len(data)/frame), nil
		case empty && err != nil:
			return 0, err
		case empty:
			select {
			case <-d.more:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
	}
	return wanted, nil
}

// drop forgets the oldest audio frames. d.mu is held.
func (d *decoder) drop(frames int) {
	if frames > 0 {
		size := frames * d.format.FrameSize()
		d.from = (d.from + size) % len(d.buffer)
		d.length -= size
		d.taken += int64(frames)
	}
}

// end returns the number of audio frames, once all have been decoded.
func (d *decoder) end() (frames int64, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.taken + int64(d.length/d.format.FrameSize()), d.err == io.EOF
}

// signal gives a channel a token, unless it has one.
func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}
