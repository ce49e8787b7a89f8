package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/program"
	"av_capture/src/internal/skew"
	"av_capture/src/internal/subscriber"
)

// measurement joins what the two topics bring, each on a goroutine of its own.
type measurement struct {
	count  int    // of events that are wanted; 0 for no end
	end    func() // ends the listening
	report *report

	imageTopic, soundTopic listened

	// The goroutine of images uses these.
	value    func(*media.Image) (float64, error) // for the detector
	detector skew.ImageDetector
	decoder  jpeg.Decoder

	// The goroutine of sound uses these.
	clicks   skew.ClickDetector
	sequence subscriber.Sequence
	epoch    uint32
	samples  []float64
	levels   []float64 // of each audio frame

	mu     sync.Mutex
	pairer skew.Pairer
	pairs  []skew.Pair
	images int           // that have come and are valid
	period time.Duration // from image to image, about the newest event
	sound  time.Duration // that has come
	seen   int           // events
	heard  int           // events
}

// newMeasurement makes a measurement that the options ask for.
func (o *options) newMeasurement(report *report, end func()) *measurement {
	m := &measurement{count: o.count, end: end, report: report}
	m.pairer.Window = time.Duration(o.interval / 2 * float64(time.Second))
	if o.event == flash {
		flashes := &skew.FlashDetector{}
		m.detector = flashes
		m.value = func(img *media.Image) (float64, error) {
			flashes.FullScale = skew.FullScale(img.Encoding)
			return skew.Light(img)
		}
	} else {
		m.value, m.detector = new(skew.Motion).Of, &skew.ClapDetector{}
	}
	return m
}

// measure measures until the process is asked to end, or until --count or --duration ends it.
func (o *options) measure(process program.Lifetime, n *subscriber.Node) error {
	ctx, cancel := context.WithCancel(process.Context())
	defer cancel()
	if o.duration > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(o.duration*float64(time.Second)))
		defer cancel()
	}
	r := &report{
		json: o.json, event: o.event, out: program.Out, images: n.Images.Name, sound: n.Sound.Name,
		patience: max(5, int(3*o.interval)),
	}
	r.begin()
	m := o.newMeasurement(r, cancel)
	m.imageTopic, m.soundTopic = n.Images, n.Sound
	defer m.decoder.Close()

	var listening sync.WaitGroup
	var errImages, errSound error
	listening.Add(1)
	go func() {
		defer listening.Done()
		defer process.Doing("listening to " + n.Images.Name)()
		defer cancel()
		errImages = n.ListenImages(ctx, m.see)
	}()
	listening.Add(1)
	go func() {
		defer listening.Done()
		program.EachSecond(ctx, m.progress)
	}()
	heard := process.Doing("listening to " + n.Sound.Name)
	errSound = n.Listen(ctx, m.hear)
	heard()
	cancel()
	listening.Wait()
	if err := errors.Join(errImages, errSound); err != nil {
		return err
	}
	return m.finish()
}

// see takes an image.
func (m *measurement) see(message *subscriber.Image) error {
	img := &message.Image
	if img.Encoding == media.JPEG {
		decoded, err := m.decoder.Decode(img, "mono8")
		if err != nil {
			return fmt.Errorf("%w: %w", subscriber.ErrInvalid, err)
		}
		img = decoded
	}
	value, err := m.value(img)
	if err != nil {
		return fmt.Errorf("%w: %w", subscriber.ErrInvalid, err)
	}
	event, found := m.detector.Add(message.Stamp, value)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.images++
	if found {
		m.period = m.detector.Period()
		m.seen++
		m.pairer.AddImage(event)
	}
	m.take(m.pairer.SearchedImages(m.detector.Searched()))
	return nil
}

// hear takes a block of sound.
func (m *measurement) hear(b subscriber.Block) error {
	step, _ := m.sequence.Next(b)
	follows := step == subscriber.Follows && b.Epoch == m.epoch
	m.epoch = b.Epoch
	m.measureLevels(b)
	var events []time.Duration
	m.clicks.Add(b.Stamp, b.Format.SampleRate, m.levels, follows, func(at time.Duration) { events = append(events, at) })
	m.mu.Lock()
	defer m.mu.Unlock()
	length := time.Duration(float64(len(m.levels)) / float64(b.Format.SampleRate) * float64(time.Second))
	m.sound += length
	m.heard += len(events)
	for _, event := range events {
		m.pairer.AddSound(event)
	}
	m.take(m.pairer.SearchedSounds(b.Stamp + length))
	return nil
}

// measureLevels computes the level of each audio frame of a block: the largest magnitude of
// its samples.
func (m *measurement) measureLevels(b subscriber.Block) {
	channels := b.Format.Channels
	if n := len(b.Data) / b.Format.Encoding.Size(); n > cap(m.samples) {
		m.samples = make([]float64, n)
	} else {
		m.samples = m.samples[:n]
	}
	dsp.Decode(m.samples, b.Data, b.Format.Encoding)
	m.levels = m.levels[:0]
	for at := 0; at < len(m.samples); at += channels {
		level := 0.0
		for _, x := range m.samples[at : at+channels] {
			if magnitude := math.Abs(x); magnitude > level { // NaN is not
				level = magnitude
			}
		}
		m.levels = append(m.levels, level)
	}
}

// take takes pairs, and ends the listening with the last one that is wanted. m.mu is held.
func (m *measurement) take(pairs []skew.Pair) {
	for _, pair := range pairs {
		if m.count > 0 && len(m.pairs) == m.count {
			return
		}
		m.pairs = append(m.pairs, pair)
		m.report.found(len(m.pairs), pair)
	}
	if m.count > 0 && len(m.pairs) == m.count {
		m.end()
	}
}

// progress prints that nothing is found, from time to time.
func (m *measurement) progress() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.report.waiting(len(m.pairs), m.missing())
}

// listened is a topic that is listened to: see [subscriber.Topic].
type listened interface {
	Publisher() string
	Invalid() (count int, reason error)
}

// missing returns the reason that nothing is measured. m.mu is held.
func (m *measurement) missing() string {
	r := m.report
	var unreadable []string
	for _, topic := range []struct {
		what, name string
		valid      bool
		topic      listened
	}{{"images", r.images, m.images > 0, m.imageTopic}, {"blocks of sound", r.sound, m.sound > 0, m.soundTopic}} {
		if count, reason := topic.topic.Invalid(); count > 0 && !topic.valid {
			unreadable = append(unreadable, fmt.Sprintf("%d %s have come on %s, none of them readable: %v", count, topic.what, topic.name, reason))
		}
	}
	switch {
	case len(unreadable) > 0:
		return strings.Join(unreadable, "; ")
	case m.images == 0 && m.sound == 0:
		return fmt.Sprintf("neither an image has come on %s nor sound on %s", r.images, r.sound)
	case m.images == 0:
		return "no image has come on " + r.images
	case m.sound == 0:
		return "no sound has come on " + r.sound
	case m.seen == 0 && m.heard == 0:
		return fmt.Sprintf("neither a %s is seen in %d images nor a click heard in %.0f s of sound", r.event, m.images, m.sound.Seconds())
	case m.seen == 0:
		return fmt.Sprintf("no %s is seen in %d images, and %d clicks are heard", r.event, m.images, m.heard)
	case m.heard == 0:
		return fmt.Sprintf("no click is heard in %.0f s of sound, and a %s is seen %d times", m.sound.Seconds(), r.event, m.seen)
	}
	found := fmt.Sprintf("a %s is seen %d times and a click heard %d times", r.event, m.seen, m.heard)
	if m.pairer.UnmatchedImages > 0 && m.pairer.UnmatchedSounds > 0 {
		return fmt.Sprintf("%s, none of them within %g ms of each other", found, milliseconds(m.pairer.Window))
	}
	return found + ", too few to tell which belong together"
}

// finish prints the result; the error is the reason that there is none.
func (m *measurement) finish() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.take(m.pairer.Finish())
	if len(m.pairs) == 0 {
		return fmt.Errorf("nothing is measured: %s", m.missing())
	}
	m.report.result(result{
		Summary: skew.Summarize(m.pairs), unseen: m.pairer.UnmatchedSounds, unheard: m.pairer.UnmatchedImages,
		doubtful: m.detector.Doubtful(), window: m.pairer.Window, period: m.period,
		camera: m.imageTopic.Publisher(), microphone: m.soundTopic.Publisher(),
	})
	return nil
}
