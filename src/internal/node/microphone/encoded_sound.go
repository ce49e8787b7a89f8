package microphone

import (
	"context"
	"sync"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/conversion"
	"av_capture/src/internal/media"
	"av_capture/src/internal/mp3"
	"av_capture/src/internal/node"
)

// encoderInterval is the time after which an encoder that failed is started anew.
const encoderInterval = 5 * time.Second

// encodedSound is the sound of one stream as MP3. The goroutine that publishes ~/audio puts
// blocks in; frames come out on the goroutine of the encoder.
type encodedSound struct {
	in, out media.AudioFormat
	bitrate int  // [bits/s]
	batch   bool // wait for the encoder, rather than lose sound
	send    func(ctx context.Context, stamp time.Time, frameID string, frame []byte) error
	warn    func(string)

	encoder   *mp3.Encoder          // nil while nobody is subscribed
	converter *conversion.Converter // likewise; nil too if the sound needs none
	closing   chan struct{}         // closed when the encoder before has ended; nil before the first end
	failed    time.Duration         // when the encoder failed, on CLOCK_MONOTONIC; 0 if it has not
	warned    bool

	mu      sync.Mutex
	frameID string
	at      int64    // [audio frames] put into the encoder
	anchors []anchor // of what was put in and has not come out, oldest first
}

// anchor is the stamp of an audio frame of what the encoder gets.
type anchor struct {
	at    int64
	stamp time.Time
}

func newEncodedSound(format media.AudioFormat, bitrate int, batch bool, send func(context.Context, time.Time, string, []byte) error, warn func(string)) *encodedSound {
	return &encodedSound{in: format, out: mp3.Format(format), bitrate: bitrate, batch: batch, send: send, warn: warn}
}

// put takes a block, if it is wanted. ctx is that of the stream.
func (s *encodedSound) put(ctx context.Context, b soundBlock, wanted bool) error {
	if !wanted {
		s.stop()
		return nil
	}
	if s.encoder == nil && !s.start(ctx) {
		return nil
	}
	s.mu.Lock()
	s.frameID = b.frameID
	s.mu.Unlock()
	var err error
	if s.converter == nil {
		err = s.encode(ctx, b.data, b.Stamp)
	} else {
		end := b.Stamp.Add(node.Seconds(float64(b.Frames) / float64(s.in.SampleRate)))
		s.converter.Convert(b.data, func(dst []byte, behind time.Duration) {
			length := node.Seconds(float64(len(dst)/s.out.FrameSize()) / float64(s.out.SampleRate))
			if err == nil {
				err = s.encode(ctx, dst, end.Add(-behind-length))
			}
		})
	}
	if err != nil && ctx.Err() == nil {
		s.stop()
		s.failed = clock.Monotonic()
		if !s.warned {
			s.warned = true
			s.warn("no sound as MP3: " + err.Error())
		}
	}
	return err
}

// start starts the encoder, unless the one before has yet to end, or failed a moment ago.
func (s *encodedSound) start(ctx context.Context) bool {
	select {
	case <-s.closing:
	default:
		if s.closing != nil {
			return false
		}
	}
	if s.failed != 0 && clock.Monotonic()-s.failed < encoderInterval {
		return false
	}
	s.at, s.anchors = 0, nil
	s.converter = nil
	if channels := conversion.Mix(s.in.Channels, s.out.Channels); !conversion.Same(s.in, s.out, channels) || s.in.Channels != s.out.Channels {
		s.converter = conversion.New(s.in, s.out, channels, conversionChunk)
	}
	s.encoder = mp3.NewEncoder(s.out, s.bitrate, func(frame []byte, first int64) {
		stamp, frameID := s.stampOf(first)
		_ = s.send(ctx, stamp, frameID, frame) // a frame that the middleware refuses is lost
	})
	return true
}

// encode puts samples into the encoder.
func (s *encodedSound) encode(ctx context.Context, samples []byte, stamp time.Time) error {
	s.mu.Lock()
	s.anchors = append(s.anchors, anchor{s.at, stamp})
	s.at += int64(len(samples) / s.out.FrameSize())
	s.mu.Unlock()
	var quit <-chan struct{}
	if s.batch {
		quit = ctx.Done()
	}
	return s.encoder.Put(samples, quit)
}

// stampOf returns the stamp of an audio frame of the encoder, and forgets those before.
func (s *encodedSound) stampOf(at int64) (time.Time, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.anchors) > 1 && s.anchors[1].at <= at {
		s.anchors = s.anchors[1:]
	}
	from := s.anchors[0]
	return from.stamp.Add(node.Seconds(float64(at-from.at) / float64(s.out.SampleRate))), s.frameID
}

// stop ends the encoder, for which it does not wait.
func (s *encodedSound) stop() {
	if s.encoder == nil {
		return
	}
	encoder, closing, all := s.encoder, make(chan struct{}), s.batch
	s.encoder, s.closing = nil, closing
	go func() {
		defer close(closing)
		encoder.Close(all)
	}()
}

// end ends the encoder, and waits for that. No frame comes out after it.
func (s *encodedSound) end() {
	s.stop()
	if s.closing != nil {
		<-s.closing
	}
}
