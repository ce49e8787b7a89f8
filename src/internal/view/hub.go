package view

import (
	"errors"
	"slices"
	"sync"
)

// MaxViewers is the number of viewers at a time. Each costs a copy of what it shows on the
// way to it.
const MaxViewers = 16

// MaxShown is the number of topics that a viewer shows at a time.
const MaxShown = 8

// Errors of viewers.
var (
	ErrTooMany = errors.New("view: there are as many viewers as may be: close another page")
	ErrUnknown = errors.New("view: nobody publishes this topic")
	ErrLeft    = errors.New("view: the viewer has left")
)

// Opener begins to hand the messages of a stream to a feed, and returns what ends that. It
// and stop are called with the hub locked: neither may wait, or call the hub or the feed.
type Opener func(s Stream, f *Feed) (stop func())

// Hub shares streams among viewers. Any goroutine may use it.
type Hub struct {
	open Opener

	mu      sync.Mutex
	streams []Stream
	leftOut int              // further streams, which pages cannot show
	feeds   map[string]*Feed // by topic: those that somebody shows
	viewers map[*Viewer]bool
}

// NewHub returns a hub without streams.
func NewHub(open Opener) *Hub {
	return &Hub{open: open, feeds: map[string]*Feed{}, viewers: map[*Viewer]bool{}}
}

// SetStreams tells the hub, and all viewers, what there is, and how many further streams are
// not listed. A feed of a stream that has gone stays open, since it may come back, until
// nobody shows it.
func (h *Hub) SetStreams(streams []Stream, leftOut int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams != nil && slices.Equal(streams, h.streams) && leftOut == h.leftOut {
		return
	}
	h.streams, h.leftOut = append([]Stream{}, streams...), leftOut
	for v := range h.viewers {
		v.out.put("streams", h.announcement())
	}
}

func (h *Hub) announcement() Message {
	streams := h.streams
	if streams == nil {
		streams = []Stream{}
	}
	return textMessage(streamsMessage{Type: "streams", Streams: streams, LeftOut: h.leftOut})
}

// Join adds a viewer, which shows nothing yet and is told what there is. The caller lets it
// leave.
func (h *Hub) Join() (*Viewer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.viewers) >= MaxViewers {
		return nil, ErrTooMany
	}
	v := &Viewer{hub: h, out: newOutbox(), shown: map[string]*share{}}
	h.viewers[v] = true
	v.out.put("streams", h.announcement())
	return v, nil
}

// Feeds returns the topics that are shown by at least one viewer.
func (h *Hub) Feeds() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var topics []string
	for topic := range h.feeds {
		topics = append(topics, topic)
	}
	slices.Sort(topics)
	return topics
}

// stream returns the stream of a topic, with the hub locked.
func (h *Hub) stream(topic string) (Stream, bool) {
	i := slices.IndexFunc(h.streams, func(s Stream) bool { return s.Topic == topic })
	if i < 0 {
		return Stream{}, false
	}
	return h.streams[i], true
}

// attach has a viewer get a stream's messages, with the hub locked.
func (h *Hub) attach(v *Viewer, s Stream) {
	f := h.feeds[s.Topic]
	if f == nil {
		f = &Feed{hub: h, stream: s, viewers: map[*Viewer]*share{}}
		h.feeds[s.Topic] = f
		f.stop = h.open(s, f)
	}
	own := &share{credit: credit}
	f.viewers[v], v.shown[s.Topic] = own, own
	for key, m := range f.latest {
		v.out.put(key, m)
	}
}

// detach ends that, with the hub locked.
func (h *Hub) detach(v *Viewer, topic string) {
	delete(v.shown, topic)
	f := h.feeds[topic]
	delete(f.viewers, v)
	if len(f.viewers) == 0 {
		delete(h.feeds, topic)
		f.closed = true
		f.stop()
	}
}
