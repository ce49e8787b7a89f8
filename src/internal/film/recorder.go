package film

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/encoders"
)

const (
	// soundRoom is room for sound that images cannot take [bytes].
	soundRoom = 16 << 20

	// never is later than every stamp, and has room for sums.
	never = time.Duration(1 << 62)
)

// Recorder writes a film. Any goroutine may call its methods, but for Run.
type Recorder struct {
	config Config
	tool   *encoders.FFmpeg
	delay  func() (time.Duration, error) // of sound, by its encoder

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
	if err := config.checkNext(); err != nil {
		return nil, err
	}
	if err := config.create(config.Path); err != nil {
		return nil, err
	}
	if config.Say == nil {
		config.Say = func(string) {}
	}
	r := &Recorder{config: config, tool: tool, boundary: never}
	r.delay = sync.OnceValues(func() (time.Duration, error) {
		if !hasDelay(config.audio) || !config.container.matroska() {
			return 0, nil
		}
		return measureDelay(context.WithoutCancel(ctx), tool.Program, config.audio)
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
	s, part := r.status, r.part
	for _, stream := range r.streams {
		if stream.sound {
			s.Silenced += stream.dropped
		} else {
			s.Dropped += stream.dropped
		}
	}
	s.Waiting = r.queued
	r.mu.Unlock()
	if part != nil { // not under the lock: the disk may be slow
		now := part.progress()
		s.Time += now.given
		s.Size += now.size
	}
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
	if err != nil {
		err = r.withUnsaved(err)
	}
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

// withUnsaved adds to the reason that the film is not whole what is in the queue, which nobody
// will write. r.mu is held.
func (r *Recorder) withUnsaved(err error) error {
	images, blocks := 0, 0
	for _, s := range r.streams {
		if s.sound {
			blocks += len(s.queue)
		} else {
			images += len(s.queue)
		}
	}
	if images+blocks == 0 {
		return err
	}
	return fmt.Errorf("%w; %d images and %d blocks of sound that waited are lost", err, images, blocks)
}

// watch looks after the present part until ended. It calls alive while ffmpeg goes on, which
// may take long for what is in the queue, and abandons the part if ffmpeg is to finish it and
// does not go on.
func (r *Recorder) watch(alive func(), ended <-chan struct{}) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	type state struct {
		progress
		part   *part
		ending bool
		queued int
	}
	since := time.Now()
	for last := (state{}); ; {
		select {
		case <-ended:
			return
		case <-ticker.C:
		}
		r.mu.Lock()
		now := state{queued: r.queued, part: r.part, ending: r.closed}
		r.mu.Unlock()
		if now.part != nil { // not under the lock: the disk may be slow
			now.progress = now.part.progress()
			now.ending = now.ending || now.part.ending.Load()
		}
		if now != last {
			last, since = now, time.Now()
			alive()
			continue
		}
		if idle := time.Since(since); now.part != nil && now.ending && idle >= r.config.idleLimit {
			now.part.abandon(r.config.idleLimit)
			return
		}
	}
}
