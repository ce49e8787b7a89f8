package camera

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"av_capture/src/internal/media"
	"av_capture/src/internal/node/nodetest"
)

// spyMessage notes where the data of the published images lies.
type spyMessage struct {
	imageMessage
	data  *byte
	count int // of published images
}

func (m *spyMessage) Point(img *media.Image, stamp time.Time) error {
	m.data, m.count = unsafe.SliceData(img.Data), m.count+1
	return m.imageMessage.Point(img, stamp)
}

// owner is whose memory is published.
type owner string

const (
	ofSource  owner = "the source's"
	ofMailbox owner = "the mailbox's"
	ofWork    owner = "the work's"
)

// TestCopiesOfAnImage: the table of doc/performance.md, of what this process copies before the
// middleware does, and whose memory the middleware copies from.
func TestCopiesOfAnImage(t *testing.T) {
	const width, height = 64, 48
	const pixels = width * height
	file := len(nodetest.ImageOf(t, width, height, media.JPEG).Data)
	type way struct {
		copied    int // [bytes] into the mailbox
		published owner
	}
	none := way{} // no image of that encoding is published
	camera, emit := newStillCamera(t)
	camera.spectrum.setRate(1e9) // of each image, however soon it comes
	topics := []*imageTopic{&camera.raw.imageTopic, &camera.compressed.imageTopic, &camera.planes.imageTopic, &camera.spectrum.imageTopic}
	spies, names := make([]*spyMessage, len(topics)), make([]string, len(topics))
	for i, topic := range topics {
		p := &topic.publisher
		p.mu.Lock()
		spies[i] = &spyMessage{imageMessage: p.message}
		p.message = spies[i]
		p.mu.Unlock()
		names[i] = p.ros.Topic()
	}
	nodetest.NewReader(t, names...)
	nodetest.Eventually(t, "the reader", func() bool {
		return !slices.ContainsFunc(topics, func(topic *imageTopic) bool { return !topic.wanted() })
	})
	for encoding, want := range map[string][4]way{ // image_raw, compressed, planes, spectrum
		"bgr8":        {{0, ofSource}, {3 * pixels, ofWork}, none, {pixels, ofWork}},
		"rgb8":        {{0, ofSource}, {3 * pixels, ofWork}, none, {pixels, ofWork}},
		"mono8":       {{0, ofSource}, {pixels, ofWork}, none, {pixels, ofWork}},
		"yuv422_yuy2": {{0, ofSource}, {2 * pixels, ofWork}, {2 * pixels, ofMailbox}, {pixels, ofWork}},
		"uyvy":        {{0, ofSource}, {2 * pixels, ofWork}, {2 * pixels, ofMailbox}, {pixels, ofWork}},
		media.JPEG:    {{file, ofWork}, {0, ofSource}, none, {file, ofWork}},
	} {
		for i, topic := range topics {
			topic.mailbox.mu.Lock()
			for _, f := range topic.mailbox.spare {
				f.Data = nil // of the image before
			}
			topic.mailbox.mu.Unlock()
			topic.publisher.mu.Lock()
			spies[i].data, spies[i].count = nil, 0
			topic.publisher.mu.Unlock()
		}
		img := nodetest.ImageOf(t, width, height, encoding)
		nodetest.Next(img)
		emit(img)
		for i, topic := range topics {
			var data *byte
			nodetest.Eventually(t, names[i], func() bool {
				topic.publisher.mu.Lock()
				defer topic.publisher.mu.Unlock()
				data = spies[i].data
				return want[i] == none || spies[i].count == 1
			})
			// A frame is given back when its image is published.
			var frames []*frame
			nodetest.Eventually(t, "all frames to be back", func() bool {
				topic.mailbox.mu.Lock()
				defer topic.mailbox.mu.Unlock()
				frames = append(frames[:0], topic.mailbox.spare...)
				return len(frames) == 3
			})
			got := way{}
			if data != nil {
				got.published = ofWork
			}
			for _, f := range frames {
				got.copied += len(f.Data)
				if f.Data != nil && data == unsafe.SliceData(f.Data) {
					got.published = ofMailbox
				}
			}
			if data == unsafe.SliceData(img.Data) {
				got.published = ofSource
			}
			if got != want[i] {
				t.Errorf("%s on %s: got %+v, want %+v", encoding, names[i], got, want[i])
			}
		}
	}
}
