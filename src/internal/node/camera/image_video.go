package camera

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/video"
)

// imageVideo is ~/image_raw/ffmpeg and ~/video: H.264 or H.265 of one encoder for both, which
// runs while somebody is subscribed, or the camera's own.
//
// A subscriber gets no packet that needs one that was left out: after a loss, packets are held
// back until the next key frame.
type imageVideo struct {
	topics  []*videoTopic
	frameID *node.FrameID
	mailbox *mailbox
	meter   *meter
	warn    func(text string)

	config atomic.Pointer[video.Config] // all but the rate of images
	retry  atomic.Int64                 // [ns] from a failure to the next start of ffmpeg
	rate   atomic.Pointer[float64]      // of images [images/s]

	warnedEncoding string // the last one that cannot be encoded; the source's goroutine uses it

	mu      sync.Mutex // guards the following, and all of topics
	dropped uint64     // images that came into no packet, and packets that were held back
	number  uint64     // of the last packet's image
}

// newImageVideo returns the topics, of which one lies below raw.
func newImageVideo(meter *meter, raw *node.Topic, warn func(string)) *imageVideo {
	return &imageVideo{
		topics:  []*videoTopic{newFFMPEGTopic(raw), newCompressedVideoTopic()},
		mailbox: newMailbox(), meter: meter, warn: warn,
	}
}

// installed returns the topics whose packages are installed.
func (v *imageVideo) installed() []*node.Topic {
	var topics []*node.Topic
	for _, t := range v.topics {
		if t.installed == nil {
			topics = append(topics, &t.topic)
		}
	}
	return topics
}

func (v *imageVideo) wanted() bool {
	for _, t := range v.topics {
		if t.wanted() {
			return true
		}
	}
	return false
}

func (v *imageVideo) send(img *media.Image, stamp imageStamp) error {
	if !video.Takes(img.Encoding) {
		if v.warnedEncoding != img.Encoding {
			v.warn(fmt.Sprintf("~/image_raw/ffmpeg and ~/video stay silent: no video is made of images of pixel_format %s", pixelFormatOf(img.Encoding)))
		}
		v.warnedEncoding = img.Encoding
		return nil
	}
	f := v.mailbox.borrow()
	if err := f.Copy(img); err != nil {
		v.mailbox.giveBack(f)
		return err
	}
	f.stamp = stamp
	v.mailbox.put(f)
	return nil
}

// tagged has the stamp and the encoding of an image while ffmpeg encodes it.
type tagged struct {
	stamp    imageStamp
	acquired time.Duration // on CLOCK_MONOTONIC
	encoding string        // of the image
}

// run encodes what is in the mailbox. The encoder is started again after a failure, and ended
// when there has been nothing to do for a while.
func (v *imageVideo) run(ctx context.Context) {
	encoder := video.NewEncoder(v.encoded, v.warn)
	defer encoder.Close()
	pause := pause{length: &v.retry}
	for {
		waiting, cancel := ctx, context.CancelFunc(func() {})
		if encoder.Running() {
			waiting, cancel = context.WithTimeout(ctx, video.Idle)
		}
		f := v.mailbox.take(waiting)
		cancel()
		switch {
		case ctx.Err() != nil:
			if f != nil {
				v.mailbox.giveBack(f)
			}
			return
		case f == nil:
			encoder.Close()
			v.drop(encoder.TakeLost())
			continue
		case !pause.over():
			v.mailbox.giveBack(f)
			v.drop(1)
			continue
		}
		config := *v.config.Load()
		if rate := v.rate.Load(); rate != nil {
			config.FrameRate = *rate
		}
		err := encoder.Put(ctx, config, &f.Image, tagged{f.stamp, f.Stamp, f.Encoding})
		v.mailbox.giveBack(f)
		v.drop(encoder.TakeLost())
		if err != nil && ctx.Err() == nil {
			v.meter.addRefused(fmt.Errorf("video: %w", err))
			pause.begin()
		}
	}
}

// drop counts images that came into no packet.
func (v *imageVideo) drop(images uint64) {
	if images == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dropped += images
}

// encoded publishes a packet of the encoder's.
func (v *imageVideo) encoded(p *video.Packet, of tagged) {
	encoding := "bgr8"
	switch {
	case of.encoding == "rgb8":
		encoding = "rgb8"
	case imaging.Grey(of.encoding):
		encoding = "mono8"
	}
	if err := v.publish(p, of.stamp, encoding); err != nil {
		v.meter.addRefused(err)
	}
}

// publish publishes a packet on all topics, of an image whose encoding subscribers decode to.
func (v *imageVideo) publish(p *video.Packet, stamp imageStamp, encoding string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if stamp.number <= v.number {
		v.dropped++ // of an encoder that a change of parameters has made superfluous
		v.restart()
		return nil
	}
	v.number = stamp.number
	var all error
	dropped := false
	for _, t := range v.topics {
		held, err := t.publish(p, stamp, v.frameID.Get(), encoding)
		dropped = dropped || held || err != nil
		all = errors.Join(all, err)
	}
	if dropped {
		v.dropped++
	}
	return all
}

// hold holds packets back until the next key frame.
func (v *imageVideo) hold() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.restart()
}

// restart is hold with v.mu held.
func (v *imageVideo) restart() {
	for _, t := range v.topics {
		t.hold()
	}
}

// awaitsKeyFrame reports whether somebody is subscribed to video that cannot begin yet, or
// somebody more since the last call that reported it. Any goroutine may call it.
func (v *imageVideo) awaitsKeyFrame() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	awaited := false
	for _, t := range v.topics {
		joined := t.joined.Swap(false)
		awaited = awaited || (joined || !t.begun) && t.wanted()
	}
	return awaited
}

func (v *imageVideo) skipped() uint64 { return v.mailbox.skipped() }

// addTo adds what was dropped to a report.
func (v *imageVideo) addTo(r *node.Report) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r.Values.Add("video dropped", "%d", v.dropped)
}

func (v *imageVideo) close() { v.mailbox.close() }
