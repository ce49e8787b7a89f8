package film

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
)

const (
	// stepLimit is the step back of stamps beyond which they begin anew.
	stepLimit = time.Second

	// longestGap is the longest gap in sound that is filled with silence.
	longestGap = time.Hour

	// lingering bounds the wait for streams that have not come to the end of a part.
	lingering = time.Second

	// gathering is the time in which messages gather for ffmpeg: waking it for each of them
	// takes more of a processor than all the rest.
	gathering = 50 * time.Millisecond

	// mostParts bounds the files of a film.
	mostParts = 1000

	// soundRoom is room for sound that images cannot take [bytes].
	soundRoom = 16 << 20

	// never is later than every stamp, and has room for sums.
	never = time.Duration(1 << 62)
)

// errDone ends the recording at Config.Duration.
var errDone = errors.New("done")

// Recorder writes a film. Any goroutine may call its methods, but for Run.
type Recorder struct {
	config Config
	tool   *ffmpegTool
	delay  func() (time.Duration, error) // of sound, by its encoder
	over   chan struct{}                 // closed when Run has ended

	mu      sync.Mutex
	changed *sync.Cond
	streams []*Stream
	queued  int // [bytes]
	closed  bool
	full    bool      // an image did not fit, and the film is to be lossless
	first   time.Time // arrival of the first item since the last part ended
	added   time.Time // when the newest stream was added
	part    *part     // the present one; nil before the first, and between two
	status  Status    // of all parts before
	parts   []Saved

	// The goroutine of Run uses these.
	boundary time.Duration // stamp at which the part ends
	ending   string        // why it ends
	stepped  bool          // the stamps of a stream have stepped back
	waiting  time.Time     // since when streams are awaited there; zero if none is
	start    time.Duration // of the film
	began    bool
}

// Status is the state of a film.
type Status struct {
	Time     time.Duration // of what ffmpeg was given, in all parts
	Size     int64         // [bytes] of the files
	Arrived  int           // images and blocks
	Images   int           // written
	Dropped  int           // images for which there was no room in the queue
	Silenced int           // blocks of sound for which there was none
	Late     int           // images left out, whose stamps are not later than the one before
	Silence  time.Duration // in place of sound that is missing
	Waiting  int           // [bytes] in the queue
}

// Saved describes a file of a film.
type Saved struct {
	Path   string
	Time   time.Duration
	Size   int64 // [bytes]
	Images int   // that ffmpeg was given
	Failed bool  // it ends early
}

// New returns a recorder, and makes the first file. The error is one of the configuration.
func New(ctx context.Context, config Config) (*Recorder, error) {
	tool, err := config.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if err := config.create(config.Path); err != nil {
		return nil, err
	}
	if config.Say == nil {
		config.Say = func(string) {}
	}
	r := &Recorder{config: config, tool: tool, over: make(chan struct{}), boundary: never}
	r.delay = sync.OnceValues(func() (time.Duration, error) {
		if !hasDelay(config.audio) || !config.container.matroska() {
			return 0, nil
		}
		return measureDelay(context.WithoutCancel(ctx), tool.program, config.audio)
	})
	go r.delay() // while topics are awaited
	r.changed = sync.NewCond(&r.mu)
	return r, nil
}

// Path returns the absolute path of the first file.
func (r *Recorder) Path() string { return r.config.Path }

// AddImages adds a topic of images, AddSound one of sound, under a title. The film waits for
// their first message as long as Config.Wait.
func (r *Recorder) AddImages(title string) *Stream { return r.add(title, false) }

// AddSound is AddImages for sound.
func (r *Recorder) AddSound(title string) *Stream { return r.add(title, true) }

func (r *Recorder) add(title string, sound bool) *Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &Stream{r: r, title: title, sound: sound, expected: true, track: -1}
	r.streams = append(r.streams, s)
	r.added = time.Now()
	r.changed.Signal()
	return s
}

// put puts an item into its stream's queue.
func (r *Recorder) put(s *Stream, i item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	limit := r.config.Buffer
	if i.block != nil {
		limit += soundRoom
	}
	if size := i.size(); r.queued > 0 && r.queued+size > limit {
		s.dropped++
		if r.config.Lossless {
			r.full, r.closed = true, true
			r.changed.Signal()
		}
		return
	}
	now := time.Now()
	if r.first.IsZero() {
		r.first = now
	}
	s.came, s.expected = now, true
	r.status.Arrived++
	s.queue = append(s.queue, i)
	r.queued += i.size()
	r.changed.Signal()
}

// Close ends the film with what has been put. Run finishes it.
func (r *Recorder) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.changed.Signal()
}

// Status returns the present state.
func (r *Recorder) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.status
	if r.part != nil {
		given, _, size := r.part.progress()
		s.Time += given
		s.Size += size
	}
	for _, stream := range r.streams {
		if stream.sound {
			s.Silenced += stream.dropped
		} else {
			s.Dropped += stream.dropped
		}
	}
	s.Waiting = r.queued
	return s
}

// Saved returns the finished files.
func (r *Recorder) Saved() []Saved {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.parts
}

// Run writes the film until Close, or Config.Duration, and finishes it. alive is called while
// ffmpeg takes long for that. The error is the reason that the film is not whole.
func (r *Recorder) Run(alive func()) error {
	defer close(r.over)
	var watching sync.WaitGroup
	defer watching.Wait()
	ended := make(chan struct{})
	defer close(ended)
	watching.Add(1)
	go func() {
		defer watching.Done()
		r.watch(alive, ended)
	}()
	err := r.write()
	if errors.Is(err, errDone) {
		err = nil
	}
	r.Close()
	if err == nil && r.part != nil {
		err = r.finishTracks()
	}
	err = cmp.Or(err, r.endPart()) // which is the same one, if ffmpeg has ended
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full {
		err = errors.Join(err, fmt.Errorf("ffmpeg or the disk is too slow, and %d MB of images and sound waited for it: what came until then is whole in the film; choose --video copy, another codec, smaller images, or a larger --buffer", r.config.Buffer>>20))
	}
	if len(r.parts) == 0 && err == nil {
		err = errors.New("nothing is saved: neither an image nor sound has come")
	}
	if len(r.parts) == 0 {
		err = errors.Join(err, remove(r.config.Path))
	}
	return err
}

// Over returns a channel that is closed when Run has ended.
func (r *Recorder) Over() <-chan struct{} { return r.over }

// watch calls alive while ffmpeg goes on, until ended: it may take long for what is in the
// queue.
func (r *Recorder) watch(alive func(), ended <-chan struct{}) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	type progress struct {
		written time.Duration
		size    int64
		queued  int
	}
	for last := (progress{}); ; {
		select {
		case <-ended:
			return
		case <-ticker.C:
		}
		r.mu.Lock()
		now := progress{queued: r.queued}
		if r.part != nil {
			_, now.written, now.size = r.part.progress()
		}
		r.mu.Unlock()
		if now != last {
			last = now
			alive()
		}
	}
}

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

// state is the next step of write.
type state int

const (
	taken   state = iota // an item is to be written
	begins               // a part is to begin
	changes              // the part is to end
	over
)

// take waits for the next thing to do.
func (r *Recorder) take() (*Stream, item, state) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if r.part == nil {
			wait, ready := r.ready()
			if ready {
				return nil, item{}, begins
			}
			if r.closed {
				return nil, item{}, over
			}
			r.sleep(wait)
			continue
		}
		s, wait, state := r.choose()
		switch {
		case s != nil:
			next := s.queue[0]
			s.queue[0] = item{} // its memory is free once it is written
			s.queue = s.queue[1:]
			return s, next, taken
		case state != taken:
			return nil, item{}, state
		}
		if err := r.flush(); err != nil {
			return nil, item{}, over // closing the part tells why
		}
		r.sleep(wait)
		r.gather()
	}
}

// flush hands to ffmpeg what is held back for it. r.mu is held, but not meanwhile.
func (r *Recorder) flush() error {
	p := r.part
	r.mu.Unlock()
	defer r.mu.Lock()
	return p.flush()
}

// gather lets messages gather, unless the film is to end or many are there. r.mu is held, but
// not meanwhile.
func (r *Recorder) gather() {
	if r.closed || r.queued > r.config.Buffer/8 {
		return
	}
	r.mu.Unlock()
	defer r.mu.Lock()
	time.Sleep(gathering)
}

// sleep waits for a change, or for a time if it is positive. r.mu is held.
func (r *Recorder) sleep(limit time.Duration) {
	if limit > 0 {
		defer time.AfterFunc(limit, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.changed.Signal()
		}).Stop()
	}
	r.changed.Wait()
}

// ready reports whether a part can begin, or after which time to look again, 0 for a change.
// r.mu is held.
func (r *Recorder) ready() (wait time.Duration, ready bool) {
	some, all := false, true
	for _, s := range r.streams {
		if len(s.queue) > 0 || len(s.carried) > 0 {
			some = true
		} else if s.expected {
			all = false
		}
	}
	if !some {
		return 0, false
	}
	patience := r.config.Wait - time.Since(r.first)
	if r.closed || patience <= 0 || r.queued > r.config.Buffer/2 {
		return 0, true
	}
	if settling := r.config.Settle - time.Since(r.added); settling > 0 {
		return min(settling, patience), false
	}
	return patience, all
}

// choose returns the stream whose next item is to be written: the oldest one. Without one it
// returns what is to be done instead, or after which time to look again, 0 for a change.
// r.mu is held.
func (r *Recorder) choose() (chosen *Stream, wait time.Duration, what state) {
	held := false // an item belongs to the next part
	late := false // a stream may still have something for this one
	for _, s := range r.streams {
		if len(s.queue) == 0 {
			late = late || s.track >= 0 && time.Since(s.came) < lingering
			continue
		}
		next := &s.queue[0]
		if r.holds(s, next) {
			held = true
			continue
		}
		if chosen == nil || next.stamp < chosen.queue[0].stamp {
			chosen = s
		}
	}
	switch {
	case chosen != nil:
		return chosen, 0, taken
	case held:
		if r.waiting.IsZero() {
			r.waiting = time.Now()
		}
		left := lingering - time.Since(r.waiting)
		if !late || r.closed || left <= 0 || r.queued > r.config.Buffer/2 {
			return nil, 0, changes
		}
		return nil, left, taken
	case r.closed:
		return nil, 0, over
	}
	return nil, 0, taken
}

// holds reports whether an item belongs to the next part, and notes where this one ends.
func (r *Recorder) holds(s *Stream, next *item) bool {
	switch {
	case s.steppedBack(next):
		r.stepped = true
		// Others may still have what belongs before; those that do not step back end the
		// part a little later.
		r.endAt(min(r.boundary, s.last+stepLimit), fmt.Sprintf("the stamps of %s step back by %.3f s", s.title, (s.last-next.stamp).Seconds()))
		return true
	case s.reached(r.boundary, next):
		return true
	case !s.fits(next):
		why := s.title + " begins"
		if s.track >= 0 {
			why = fmt.Sprintf("%s, and now another format", s.describe())
		}
		r.endAt(min(r.boundary, next.stamp), why)
		return true
	case next.block != nil && s.begun && next.stamp > s.last+longestGap:
		r.endAt(min(r.boundary, s.last+longestGap), fmt.Sprintf("%s is silent for more than %v", s.title, longestGap))
		return true
	}
	return false
}

// endAt moves the end of the part to an earlier stamp.
func (r *Recorder) endAt(boundary time.Duration, why string) {
	if boundary < r.boundary {
		r.boundary, r.ending = boundary, why
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
	if number > 1 && r.boundary != never && r.boundary <= origin {
		origin = r.boundary
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
	r.config.Say(fmt.Sprintf("saving to %s: %s", path, strings.Join(words, "; ")))
	p, err := newPart(&r.config, r.tool, path, origin, tracks)
	if err != nil {
		return err
	}
	if hasSound(tracks) {
		if p.delay, err = r.delay(); err != nil {
			return errors.Join(err, p.close())
		}
	}
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
		if filled := s.audio.silence - silence; filled > 0 {
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
	for _, s := range r.streams { // of what goes on in another format, or anew
		r.mu.Lock()
		finished := r.stepped || len(s.queue) > 0 && !s.fits(&s.queue[0])
		r.mu.Unlock()
		if !finished {
			continue
		}
		if s.audio != nil && s.track >= 0 && p.failed == nil {
			p.failed = s.audio.finish()
		}
		s.audio, s.carried, s.begun = nil, nil, false
	}
	r.stepped = false
	err := p.close()
	given, written, size := p.progress()
	if err != nil {
		given = written
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.part, r.first = nil, time.Now()
	r.status.Time += given
	r.status.Size += size
	if size > 0 {
		r.parts = append(r.parts, Saved{p.path, given, size, p.images, err != nil})
	}
	return err
}
