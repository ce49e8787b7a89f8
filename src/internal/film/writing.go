package film

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// mostParts bounds the files of a film.
const mostParts = 1000

// errDone ends the recording at Config.Duration.
var errDone = errors.New("done")

// write writes what comes, the oldest stamp first.
func (r *Recorder) write() error {
	for {
		s, next, state := r.take()
		var err error
		switch state {
		case taken:
			err = r.writeItem(s, &next)
			r.mu.Lock()
			r.queued -= next.size()
			r.mu.Unlock()
		case begins:
			err = r.beginPart()
		case changes:
			if r.config.Duration > 0 && r.boundary == r.durationEnd() {
				return errDone
			}
			if err = r.endPart(); err == nil {
				r.config.Say(r.ending)
			}
		case over:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// durationEnd returns the stamp at which the film ends.
func (r *Recorder) durationEnd() time.Duration {
	if r.config.Duration == 0 {
		return never
	}
	return r.start + r.config.Duration
}

// beginPart begins a part with the streams that have something for it.
func (r *Recorder) beginPart() error {
	r.mu.Lock()
	number := len(r.parts) + 1
	var present []*Stream
	origin := never
	for _, s := range r.streams {
		s.track = -1
		if len(s.queue) == 0 && len(s.carried) == 0 {
			s.expected = false
			continue
		}
		present = append(present, s)
		if len(s.carried) > 0 {
			origin = min(origin, s.audio.at(s.carried[0].first))
		} else {
			origin = min(origin, s.queue[0].stamp)
		}
	}
	heads := make([]item, len(present))
	for i, s := range present {
		if len(s.queue) > 0 {
			heads[i] = s.queue[0]
		}
	}
	r.mu.Unlock()
	if number > mostParts {
		return fmt.Errorf("%s, and this film has %d files already", r.ending, mostParts)
	}
	if number > 1 && r.boundary <= origin && origin < r.boundary+pause {
		origin = r.boundary // without a gap between the two parts
	}
	origin = aligned(origin, present, heads)
	var tracks []track
	var words []string
	for i, s := range present {
		s.track = i
		s.begin(&heads[i], origin, r)
		tracks = append(tracks, track{title: s.title, picture: s.format, sound: s.audio})
		words = append(words, s.describe())
	}
	path := r.config.partPath(number)
	if number > 1 {
		if err := r.config.create(path); err != nil {
			return err
		}
	}
	var delay time.Duration
	if hasSound(tracks) {
		var err error
		if delay, err = r.delay(); err != nil {
			return err
		}
	}
	r.config.Say(fmt.Sprintf("saving to %s: %s", path, strings.Join(words, "; ")))
	p, err := newPart(&r.config, r.tool, path, origin, tracks)
	if err != nil {
		return err
	}
	p.delay = delay
	r.mu.Lock()
	r.part = p
	r.mu.Unlock()
	r.setBoundary(origin)
	for _, s := range present {
		left := s.carried
		s.carried = nil
		for _, c := range left {
			if err := r.writeSound(s, c.first, c.samples); err != nil {
				return err
			}
		}
	}
	return nil
}

// setBoundary sets the end of a part that begins at origin.
func (r *Recorder) setBoundary(origin time.Duration) {
	if !r.began {
		r.began, r.start = true, origin
	}
	r.boundary, r.waiting = r.durationEnd(), time.Time{}
	if split := r.config.Split; split > 0 && origin+split < r.boundary {
		r.boundary, r.ending = origin+split, fmt.Sprintf("a part is %v long", split)
	}
}

// aligned returns a time, or one less than a sample's period before it, that is a sample's of
// the first sound: sound whose clock is exact then passes as it is.
func aligned(origin time.Duration, present []*Stream, heads []item) time.Duration {
	for i, s := range present {
		if !s.sound {
			continue
		}
		var reference time.Duration
		var rate int
		if s.audio != nil {
			reference, rate = s.audio.origin, s.audio.format.SampleRate
		}
		if head := heads[i].block; head != nil && (s.audio == nil || head.Format != s.audio.format) {
			reference, rate = head.Stamp, head.Format.SampleRate
		}
		period := float64(time.Second) / float64(rate)
		count := math.Floor(float64(origin-reference)/period + 1e-3)
		return reference + time.Duration(math.Round(count*period))
	}
	return origin
}

// begin readies a stream for a part that begins at origin.
func (s *Stream) begin(head *item, origin time.Duration, r *Recorder) {
	if !s.sound {
		s.format = head.picture.format
		return
	}
	if head.block == nil || s.audio != nil && head.block.Format == s.audio.format && !s.steppedBack(head) {
		return
	}
	s.audio = newSoundtrack(head.block.Format, origin, nil)
	s.audio.emit = func(first int64, samples []float64) error { return r.writeSound(s, first, samples) }
}

// writeItem writes an item into the present part.
func (r *Recorder) writeItem(s *Stream, i *item) error {
	if i.block != nil {
		s.last, s.begun = i.stamp, true
		if missing := s.audio.gap(i.block); missing > 0 && r.config.Refuse {
			return fmt.Errorf("%d audio frames of %s are missing after %.3f s; --gaps fill would write silence", missing, s.title, (i.stamp - r.start).Seconds())
		}
		silence := s.audio.silence
		if err := s.audio.add(i.block); err != nil {
			return err
		}
		// What is before the part is not written.
		filled := min(s.audio.silence-silence, s.audio.index(i.stamp)-s.audio.index(r.part.origin))
		if filled > 0 {
			r.mu.Lock()
			r.status.Silence += s.audio.at(filled) - s.audio.origin
			r.mu.Unlock()
		}
		return nil
	}
	if s.begun && i.stamp <= s.last || i.stamp < r.part.origin {
		r.mu.Lock()
		r.status.Late++
		r.mu.Unlock()
		return nil
	}
	s.last, s.begun = i.stamp, true
	if err := r.part.image(s.track, i.stamp, i.picture.data); err != nil {
		return err
	}
	r.mu.Lock()
	r.status.Images++
	r.mu.Unlock()
	return nil
}

// writeSound writes the output of a soundtrack into the present part. Audio frames before the
// part are left out; those beyond its end wait for the next one.
func (r *Recorder) writeSound(s *Stream, first int64, samples []float64) error {
	channels := int64(s.audio.format.Channels)
	begin := s.audio.index(r.part.origin)
	if skip := begin - first; skip > 0 {
		skip = min(skip, int64(len(samples))/channels)
		first, samples = first+skip, samples[skip*channels:]
	}
	count := int64(len(samples)) / channels
	inside := count
	if r.boundary != never {
		inside = max(0, min(count, s.audio.index(r.boundary)-first))
	}
	if inside < count {
		rest := append([]float64(nil), samples[inside*channels:]...)
		s.carried = append(s.carried, carried{first + inside, rest})
	}
	if inside == 0 {
		return nil
	}
	return r.part.sound(s.track, first-begin, samples[:inside*channels], s.audio)
}

// finishTracks writes what soundtracks hold back, at the film's end.
func (r *Recorder) finishTracks() error {
	for _, s := range r.streams {
		if s.audio != nil && s.track >= 0 {
			if err := s.audio.finish(); err != nil {
				return err
			}
		}
	}
	return nil
}

// endPart finishes the present part, if there is one.
func (r *Recorder) endPart() error {
	p := r.part
	if p == nil {
		return nil
	}
	for _, s := range r.streams {
		anew, pauses := r.breaks(s)
		if (anew || pauses) && s.audio != nil && s.track >= 0 && p.failed == nil {
			p.failed = s.audio.finish()
		}
		if anew {
			s.audio, s.carried, s.begun = nil, nil, false
		}
	}
	r.stepped = false
	err := p.close()
	saved := Saved{Path: p.path, Images: p.images, Failed: err != nil}
	now := p.progress()
	saved.Time, saved.Size = now.given, now.size
	if saved.Failed {
		saved.Time = now.written
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.part, r.first = nil, time.Now()
	r.status.Time += saved.Time
	r.status.Size += saved.Size
	if saved.Size > 0 {
		r.parts = append(r.parts, saved)
	}
	return err
}

// breaks reports whether a stream begins anew after the present part, as in another format, and
// whether it has nothing at the part's end.
func (r *Recorder) breaks(s *Stream) (anew, pauses bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(s.queue) == 0 {
		return r.stepped, time.Since(s.came) >= lingering
	}
	next := &s.queue[0]
	return r.stepped || !s.fits(next) || s.pausesLong(next), next.stamp >= r.boundary+pause
}
