package view

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
)

const (
	eye    = "/camera/image_raw"
	ear    = "/microphone/audio"
	health = "/diagnostics"
)

// opened notes the feeds that a hub opens and closes.
type opened struct {
	feeds  map[string]*Feed
	opens  int
	closes int
}

func newTestHub() (*Hub, *opened) {
	o := &opened{feeds: map[string]*Feed{}}
	h := NewHub(func(s Stream, f *Feed) func() {
		o.opens++
		o.feeds[s.Topic] = f
		return func() {
			o.closes++
			delete(o.feeds, s.Topic)
		}
	})
	h.SetStreams([]Stream{{eye, Pictures, "/camera"}, {ear, Sound, "/microphone"}, {health, Diagnostics, ""}}, 0)
	return h, o
}

func join(t *testing.T, h *Hub, topics ...string) *Viewer {
	t.Helper()
	v, err := h.Join()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Show(topics); err != nil {
		t.Fatal(err)
	}
	return v
}

// message is a message to a page, decoded.
type message struct {
	Type    string
	Kind    Kind
	Topic   string
	Name    string
	Text    string
	Number  uint64
	First   uint64
	Streams []Stream
	payload string
}

// taken returns the messages that wait for a viewer.
func taken(t *testing.T, v *Viewer) []message {
	t.Helper()
	var all []message
	for {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // Next does not wait then
		m, err := v.Next(ctx)
		if err != nil {
			return all
		}
		var got message
		header := m.Data
		if !m.Text {
			n := binary.LittleEndian.Uint32(m.Data)
			header, got.payload = m.Data[4:4+n], string(m.Data[4+n:])
		}
		if err := json.Unmarshal(header, &got); err != nil {
			t.Fatal(err)
		}
		all = append(all, got)
	}
}

func numbers(messages []message) []uint64 {
	var all []uint64
	for _, m := range messages {
		if m.Kind == Pictures {
			all = append(all, m.Number)
		}
	}
	return all
}

// picture publishes one, as a feed's goroutine does, and reports whether it was wanted.
func picture(f *Feed) bool {
	if !f.PictureCame() {
		return false
	}
	f.Picture(Picture{Type: "image/jpeg", File: []byte("file")})
	return true
}

func TestNothingIsSubscribedWithoutViewers(t *testing.T) {
	h, o := newTestHub()
	v := join(t, h)
	if o.opens != 0 {
		t.Fatalf("%d feeds for a viewer that shows nothing", o.opens)
	}
	w := join(t, h, eye, ear)
	if err := v.Show([]string{eye}); err != nil {
		t.Fatal(err)
	}
	if o.opens != 2 {
		t.Fatalf("opened %d feeds, want 2: viewers share one", o.opens)
	}
	w.Leave()
	if got := h.Feeds(); !slices.Equal(got, []string{eye}) {
		t.Fatalf("%v is subscribed to, want %s alone", got, eye)
	}
	if err := v.Show(nil); err != nil {
		t.Fatal(err)
	}
	v.Leave()
	w.Leave() // again
	if o.closes != 2 || len(h.Feeds()) != 0 {
		t.Fatalf("%d feeds are closed, and %v left; want 2 and none", o.closes, h.Feeds())
	}
}

func TestTopicsThatNobodyPublishesCannotBeShown(t *testing.T) {
	h, o := newTestHub()
	v := join(t, h)
	if err := v.Show([]string{"/rosout", ear}); !errors.Is(err, ErrUnknown) {
		t.Fatalf("got %v, want ErrUnknown", err)
	}
	if o.opens != 1 || o.feeds[ear] == nil {
		t.Fatalf("opened %v, want %s alone", o.feeds, ear)
	}
	if err := v.Show(make([]string, MaxShown+1)); err == nil {
		t.Fatal("shows more topics than may be")
	}
	v.Leave()
	if err := v.Show([]string{eye}); !errors.Is(err, ErrLeft) {
		t.Fatalf("got %v of a viewer that has left", err)
	}
}

func TestViewersAreBounded(t *testing.T) {
	h, _ := newTestHub()
	var last *Viewer
	for range MaxViewers {
		last = join(t, h, eye)
	}
	if _, err := h.Join(); !errors.Is(err, ErrTooMany) {
		t.Fatalf("got %v, want ErrTooMany", err)
	}
	last.Leave()
	join(t, h, eye)
}

func TestSlowViewerMissesPicturesAndNoOtherDoes(t *testing.T) {
	h, o := newTestHub()
	slow, quick := join(t, h, eye), join(t, h, eye)
	var got []uint64
	for range 10 {
		if !picture(o.feeds[eye]) {
			t.Fatal("a picture is not wanted, though a viewer is ready")
		}
		got = append(got, numbers(taken(t, quick))...)
		quick.Acknowledge(eye)
	}
	if want := []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}; !slices.Equal(got, want) {
		t.Fatalf("the quick viewer got %v, want %v", got, want)
	}
	if got, want := numbers(taken(t, slow)), []uint64{1, 2}; !slices.Equal(got, want) {
		t.Fatalf("the slow viewer got %v, want %v", got, want)
	}
	slow.Acknowledge(eye)
	picture(o.feeds[eye])
	if got, want := numbers(taken(t, slow)), []uint64{11}; !slices.Equal(got, want) {
		t.Fatalf("the slow viewer got %v, want %v: the step tells what it missed", got, want)
	}
}

func TestPicturesAreNotWantedWhileNoViewerIsReady(t *testing.T) {
	h, o := newTestHub()
	v := join(t, h, eye)
	for i := range 5 {
		if wanted := picture(o.feeds[eye]); wanted != (i < credit) {
			t.Fatalf("picture %d: wanted is %v", i+1, wanted)
		}
	}
	taken(t, v)
	for range 100 { // more than there were: a page cannot order in advance
		v.Acknowledge(eye)
	}
	count := 0
	for picture(o.feeds[eye]) {
		count++
	}
	if count != credit {
		t.Fatalf("%d pictures are on the way, want %d", count, credit)
	}
}

func TestSoundOfAViewerThatTakesNoneIsBounded(t *testing.T) {
	h, o := newTestHub()
	slow, quick := join(t, h, ear), join(t, h, ear)
	const count = 3 * maxQueued
	for i := range count {
		o.feeds[ear].Block(Block{First: uint64(i), Data: []byte(fmt.Sprint(i))})
		messages := taken(t, quick)
		if last := messages[len(messages)-1]; last.First != uint64(i) || last.payload != fmt.Sprint(i) {
			t.Fatalf("the quick viewer got %+v, want block %d", last, i)
		}
	}
	waiting := taken(t, slow)[1:] // after the streams
	if len(waiting) != maxQueued || waiting[0].First != 0 {
		t.Fatalf("%d blocks from %d on wait, want %d from 0 on", len(waiting), waiting[0].First, maxQueued)
	}
	o.feeds[ear].Block(Block{First: count})
	if got := taken(t, slow); len(got) != 1 || got[0].First != count {
		t.Fatalf("got %+v, want block %d", got, count)
	}
}

func TestBytesThatWaitAreBounded(t *testing.T) {
	o := newOutbox()
	pushed := 0
	for o.push(Message{Data: make([]byte, maxQueuedBytes/4)}) {
		pushed++
	}
	if pushed != 4 {
		t.Fatalf("%d quarters fit, want 4", pushed)
	}
	o.take()
	if !o.push(Message{Data: make([]byte, maxQueuedBytes/4)}) {
		t.Fatal("no room for a quarter after one was taken")
	}
}

func TestLaterViewersGetTheNewestStatusAndProblem(t *testing.T) {
	h, o := newTestHub()
	join(t, h, health, eye)
	o.feeds[health].Status(Status{Name: "camera: capture", Message: "old"})
	o.feeds[health].Status(Status{Name: "camera: capture", Message: "new"})
	o.feeds[eye].Problem("its encoding is 32FC1")
	late := join(t, h, health, eye)
	messages := taken(t, late)
	if len(messages) != 3 || messages[1].Name != "camera: capture" || messages[2].Text != "its encoding is 32FC1" {
		t.Fatalf("got %+v, want the streams, one status and the problem", messages)
	}
	picture(o.feeds[eye])
	if got := taken(t, late); len(got) != 2 || got[0].Type != "problem" || got[0].Text != "" {
		t.Fatalf("got %+v, want the end of the problem, and the picture", got)
	}
}

func TestStatusesAreBounded(t *testing.T) {
	h, o := newTestHub()
	v := join(t, h, health)
	taken(t, v)
	for i := range 2 * maxStatuses {
		o.feeds[health].Status(Status{Name: fmt.Sprint(i, ": capture")})
	}
	if got := len(taken(t, v)); got != maxStatuses {
		t.Fatalf("%d nodes, want %d", got, maxStatuses)
	}
}

func TestViewersAreToldWhatComesAndGoes(t *testing.T) {
	h, o := newTestHub()
	v := join(t, h, eye)
	taken(t, v)
	h.SetStreams(nil, 0)
	if got := taken(t, v); len(got) != 1 || got[0].Type != "streams" || len(got[0].Streams) != 0 {
		t.Fatalf("got %+v, want no streams", got)
	}
	if o.closes != 0 {
		t.Fatal("the feed of a stream that may come back is closed")
	}
	h.SetStreams(nil, 0) // the same is not told again
	h.SetStreams([]Stream{{eye, Pictures, "/camera"}}, 0)
	if got := taken(t, v); len(got) != 1 || len(got[0].Streams) != 1 {
		t.Fatalf("got %+v, want one stream", got)
	}
}

func TestFeedThatNobodyShowsAnyMoreIsSilent(t *testing.T) {
	h, o := newTestHub()
	v := join(t, h, eye)
	feed := o.feeds[eye]
	v.Show(nil)
	v.Show([]string{eye})
	taken(t, v)
	if picture(feed) {
		t.Fatal("the closed feed's picture is wanted")
	}
	feed.Picture(Picture{})
	feed.Block(Block{})
	feed.Problem("late")
	if got := taken(t, v); len(got) != 0 {
		t.Fatalf("got %+v of the closed feed", got)
	}
}
