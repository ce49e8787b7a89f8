package mp3

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/media"
)

// Rates are the rates that MP3 has [Hz].
var Rates = []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}

// MaxChannels is the number of channels that MP3 has at most.
const MaxChannels = 2

// Format returns the format of what is encoded, for the sound of a format: the next higher
// rate that MP3 has, at most its highest, and at most two channels, of 16 bits.
func Format(format media.AudioFormat) media.AudioFormat {
	out := media.AudioFormat{SampleRate: Rates[len(Rates)-1], Channels: min(format.Channels, MaxChannels), Encoding: media.S16LE}
	for _, rate := range Rates {
		if rate >= format.SampleRate {
			out.SampleRate = rate
			break
		}
	}
	return out
}

// delay is the number of audio frames by which what is decoded is late: that of LAME, and that
// of every decoder.
const delay = 576 + 529

// queued is the number of blocks that may await ffmpeg, which starts in the time of some.
const queued = 400

// Encoder encodes one stream.
type Encoder struct {
	input  chan []byte
	ended  chan struct{} // closed when everything has been encoded, or nothing more will be
	failed chan struct{} // closed when nothing more is taken

	mu      sync.Mutex
	process *ffmpegprocess.Process
	stopped bool // nothing more is wanted
	err     error
}

// NewEncoder starts ffmpeg for a format that [Format] returns, with a bit rate [bits/s]. The
// goroutine of the encoder calls encoded with each frame, which it keeps, and the audio frame,
// from the first of the stream, with which what is decoded of it begins: below 0 at first.
// The caller ends it by Close.
func NewEncoder(format media.AudioFormat, bitrate int, encoded func(frame []byte, first int64)) *Encoder {
	e := &Encoder{input: make(chan []byte, queued), ended: make(chan struct{}), failed: make(chan struct{})}
	go e.run(format, bitrate, encoded)
	return e
}

// run starts ffmpeg, and writes to it and reads from it until the end.
func (e *Encoder) run(format media.AudioFormat, bitrate int, encoded func([]byte, int64)) {
	defer close(e.ended)
	log := ffmpegprocess.NewLog(nil)
	process, err := ffmpegprocess.StartReading("ffmpeg", []string{
		"-hide_banner", "-nostats", "-loglevel", "level+warning",
		"-probesize", "32", "-analyzeduration", "0",
		"-f", "s16le", "-ar", strconv.Itoa(format.SampleRate), "-ac", strconv.Itoa(format.Channels), "-i", "pipe:0",
		"-c:a", "libmp3lame", "-b:a", strconv.Itoa(bitrate), "-write_xing", "0", "-id3v2_version", "0",
		"-flush_packets", "1", "-f", "mp3", "pipe:1",
	}, log)
	if err != nil {
		e.fail(err)
		return
	}
	e.mu.Lock()
	e.process = process
	stopped := e.stopped
	e.mu.Unlock()
	if stopped {
		process.Input.Close()
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		for block := range e.input {
			if _, err := process.Input.Write(block); err != nil {
				break
			}
		}
		process.Input.Close()
	}()
	read := readFrames(process.Output, encoded)
	e.fail(end(process, log, read))
	<-written
}

// end ends ffmpeg after the error with which reading from it ended, and returns why nothing
// more comes out of it.
func end(process *ffmpegprocess.Process, log *ffmpegprocess.Log, err error) error {
	process.End()
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("mp3: %s%s", process.Fate(), log.Because())
	}
	return fmt.Errorf("mp3: %w", err)
}

// readFrames reads frames until the end.
func readFrames(from io.Reader, encoded func([]byte, int64)) error {
	reader := bufio.NewReader(from)
	for at := int64(-delay); ; {
		header, err := reader.Peek(headerSize)
		if err != nil {
			return err
		}
		frame, ok := ParseHeader(header)
		if !ok {
			return fmt.Errorf("% x is no header of a frame", header)
		}
		data := make([]byte, frame.Size)
		if _, err := io.ReadFull(reader, data); err != nil {
			return err
		}
		encoded(data, at)
		at += int64(frame.Samples)
	}
}

// fail notes why nothing more is encoded.
func (e *Encoder) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err = err
	close(e.failed)
}

// Put takes the next samples, which are the caller's again when it returns; one goroutine
// calls it. If too many wait, it waits itself, until quit is closed; without a quit they are
// refused. The error says why nothing is encoded any more, or that ffmpeg is too slow: then
// these samples are lost.
func (e *Encoder) Put(samples []byte, quit <-chan struct{}) error {
	if quit == nil && len(e.input) == cap(e.input) {
		if err := e.Err(); err != nil {
			return err
		}
		return errors.New("mp3: ffmpeg does not keep up")
	}
	select {
	case <-e.failed:
		return e.Err()
	case e.input <- bytes.Clone(samples):
		return nil
	case <-quit:
		return nil
	}
}

// Err returns why nothing is encoded any more.
func (e *Encoder) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// Close ends the encoder: with what was put encoded first, as far as that takes no longer than
// ffmpegprocess.EndLimit, or for as long as it takes if all is wanted. No frame comes after it.
func (e *Encoder) Close(all bool) {
	close(e.input)
	e.mu.Lock()
	e.stopped = !all
	process := e.process
	e.mu.Unlock()
	if process != nil && !all && !process.Wait(ffmpegprocess.EndLimit) {
		process.End()
	}
	<-e.ended
}
