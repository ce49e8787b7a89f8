package view

import (
	"context"
	"fmt"
)

// Viewer is a page that shows streams. One goroutine takes its messages; another may call
// the other methods meanwhile.
type Viewer struct {
	hub *Hub
	out *outbox

	shown map[string]*share // by topic; the hub's lock guards it
	left  bool              // likewise
}

// Show has the viewer get the messages of these topics, and of no others. Topics that stay
// go on without a gap. With an error nothing changes, but for topics that nobody publishes:
// the others are shown.
func (v *Viewer) Show(topics []string) error {
	if len(topics) > MaxShown {
		return fmt.Errorf("view: %d topics, at most %d are shown at a time", len(topics), MaxShown)
	}
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	if v.left {
		return ErrLeft
	}
	wanted := map[string]bool{}
	var unknown error
	for _, topic := range topics {
		wanted[topic] = true
		if v.shown[topic] != nil {
			continue
		}
		if s, ok := v.hub.stream(topic); ok {
			v.hub.attach(v, s)
		} else {
			unknown = ErrUnknown
		}
	}
	for topic := range v.shown {
		if !wanted[topic] {
			v.hub.detach(v, topic)
		}
	}
	return unknown
}

// Acknowledge tells that a picture of a topic is drawn, so that another may come.
func (v *Viewer) Acknowledge(topic string) {
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	if s := v.shown[topic]; s != nil {
		s.credit = min(s.credit+1, credit)
	}
}

// Tell sends JSON to the viewer; the newest of each key is kept until it is taken.
func (v *Viewer) Tell(key string, content any) { v.out.put(key, textMessage(content)) }

// Next waits for the next message and takes it.
func (v *Viewer) Next(ctx context.Context) (Message, error) { return v.out.next(ctx) }

// Leave ends the viewer and the feeds that only it showed. It may be called again.
func (v *Viewer) Leave() {
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	v.left = true
	for topic := range v.shown {
		v.hub.detach(v, topic)
	}
	delete(v.hub.viewers, v)
}
