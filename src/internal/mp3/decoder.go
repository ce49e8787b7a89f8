package mp3

import (
	"fmt"
	"strconv"
	"sync"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/media"
)

// mostQueued bounds what is put and not yet written to ffmpeg [bytes].
const mostQueued = 8 << 20

// mostDecoded bounds what is decoded and not taken [bytes].
const mostDecoded = 8 << 20

// Decoder decodes one stream. One goroutine uses it.
type Decoder struct {
	process   *ffmpegprocess.Process
	frameSize int // [bytes]
	input     chan []byte
	writing   sync.WaitGroup

	mu      sync.Mutex
	queued  int        // [bytes] in input
	room    *sync.Cond // for decoded
	decoded []byte
	closed  bool
	err     error // why nothing more is decoded
}

// NewDecoder starts ffmpeg, which makes sound of a format of it, of 16 bits. The caller closes
// the decoder.
func NewDecoder(format media.AudioFormat) (*Decoder, error) {
	log := ffmpegprocess.NewLog(nil)
	process, err := ffmpegprocess.StartReading("ffmpeg", []string{
		"-hide_banner", "-nostats", "-loglevel", "level+error", "-protocol_whitelist", "pipe",
		"-probesize", "32", "-analyzeduration", "0", "-f", "mp3", "-i", "pipe:0",
		"-ar", strconv.Itoa(format.SampleRate), "-ac", strconv.Itoa(format.Channels),
		"-c:a", "pcm_s16le", "-flush_packets", "1", "-f", "s16le", "pipe:1",
	}, log)
	if err != nil {
		return nil, err
	}
	d := &Decoder{process: process, frameSize: 2 * format.Channels, input: make(chan []byte, queued)}
	d.room = sync.NewCond(&d.mu)
	d.writing.Add(2)
	go d.write()
	go d.read(log)
	return d, nil
}

// write writes what is put to ffmpeg, until the end.
func (d *Decoder) write() {
	defer d.writing.Done()
	defer d.process.Input.Close()
	for data := range d.input {
		d.mu.Lock()
		d.queued -= len(data)
		d.mu.Unlock()
		if _, err := d.process.Input.Write(data); err != nil {
			return
		}
	}
}

// read reads what ffmpeg makes of it, until the end.
func (d *Decoder) read(log *ffmpegprocess.Log) {
	defer d.writing.Done()
	buffer := make([]byte, 1<<16)
	for {
		n, err := d.process.Output.Read(buffer)
		d.mu.Lock()
		for len(d.decoded) > mostDecoded && !d.closed {
			d.room.Wait()
		}
		d.decoded = append(d.decoded, buffer[:n]...)
		closed := d.closed
		d.mu.Unlock()
		if err == nil && !closed {
			continue
		}
		err = end(d.process, log, err)
		d.mu.Lock()
		d.err = err
		d.mu.Unlock()
		return
	}
}

// Put takes the next part of the stream, which it keeps. The error says why it cannot.
func (d *Decoder) Put(data []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return d.err
	}
	if len(data) > mostQueued-d.queued {
		return fmt.Errorf("mp3: more than %d bytes await ffmpeg", mostQueued)
	}
	select {
	case d.input <- data:
		d.queued += len(data)
		return nil
	default:
		return fmt.Errorf("mp3: ffmpeg does not keep up")
	}
}

// Take returns the sound that has been decoded since the last call: whole audio frames.
func (d *Decoder) Take() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	whole := len(d.decoded) / d.frameSize * d.frameSize
	sound := d.decoded[:whole:whole]
	d.decoded = append([]byte(nil), d.decoded[whole:]...)
	d.room.Signal()
	return sound
}

// Close ends ffmpeg. What it has yet to decode is lost.
func (d *Decoder) Close() {
	d.mu.Lock()
	d.closed = true
	d.room.Signal()
	d.mu.Unlock()
	close(d.input)
	d.process.End()
	d.writing.Wait()
}
