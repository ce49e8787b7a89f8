package subscriber

import (
	"errors"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/mp3"
)

// mp3Sound is the sound of a topic of MP3. What is decoded of a message comes with a later
// one: ffmpeg has to have the next frames.
type mp3Sound struct {
	decoder *mp3.Decoder // nil before the first message
	format  media.AudioFormat
	start   time.Duration // stamp of its first message; 0 if unknown
	newest  time.Duration // stamp of its newest message
	frames  int64         // [audio frames] decoded so far
	starts  allowance     // of decoders
}

// farOff is the step of the stamps, ahead or back, from which on the sound of a message does not
// follow that before, and the decoder begins anew.
const farOff = time.Second

// allowance bounds how often messages start a process: mostStarts at once, and one more in
// each startInterval. The zero allowance is whole.
type allowance struct {
	used  time.Duration // of mostStarts * startInterval
	since time.Duration // when it was looked at, on CLOCK_MONOTONIC
}

const (
	mostStarts    = 5
	startInterval = time.Second
)

// take reports whether one more may be started.
func (a *allowance) take(now time.Duration) bool {
	a.used = max(0, a.used-(now-a.since))
	a.since = now
	if a.used > (mostStarts-1)*startInterval {
		return false
	}
	a.used += startInterval
	return true
}

// take decodes a message, and returns the sound that is ready, with its stamp. Where messages
// are missing the decoder begins anew.
func (s *mp3Sound) take(stamp time.Duration, format media.AudioFormat, data []byte, missing uint64) (time.Duration, []byte, error) {
	if s.decoder != nil && (missing > 0 || s.format != format || stamp != 0 && (stamp-s.newest).Abs() > farOff) {
		s.close()
	}
	if s.decoder == nil {
		if !s.starts.take(clock.Monotonic()) {
			return 0, nil, errors.New("MP3 that is broken or begins anew too often: a decoder is started once a second")
		}
		decoder, err := mp3.NewDecoder(format)
		if err != nil {
			return 0, nil, err
		}
		s.decoder, s.format, s.start, s.frames = decoder, format, stamp, 0
	}
	s.newest = stamp
	if err := s.decoder.Put(data); err != nil {
		s.close()
		return 0, nil, err
	}
	now, sound := s.ready()
	return now, sound, nil
}

// ready returns the sound that is ready, with its stamp.
func (s *mp3Sound) ready() (time.Duration, []byte) {
	if s.decoder == nil {
		return 0, nil
	}
	now, sound := s.now(), s.decoder.Take()
	s.frames += int64(len(sound) / s.format.FrameSize())
	return now, sound
}

// now returns the stamp of what is decoded next; 0 if unknown.
func (s *mp3Sound) now() time.Duration {
	if s.start == 0 {
		return 0
	}
	return s.start + time.Duration(float64(s.frames)/float64(s.format.SampleRate)*float64(time.Second))
}

// close ends the decoder.
func (s *mp3Sound) close() {
	if s.decoder != nil {
		s.decoder.Close()
		s.decoder = nil
	}
}
