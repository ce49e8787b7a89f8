package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/skew"
)

// topicOf is a topic on which messages were invalid.
type topicOf struct {
	invalid int
	reason  error
}

func (t topicOf) Publisher() string     { return "" }
func (t topicOf) Invalid() (int, error) { return t.invalid, t.reason }

func TestReasonThatNothingIsMeasured(t *testing.T) {
	sepia := topicOf{20, errors.New("encoding sepia")}
	for _, c := range []struct {
		m         *measurement
		want, not string
	}{
		{&measurement{imageTopic: topicOf{}, soundTopic: topicOf{}}, "neither an image has come on /i nor sound on /s", "readable"},
		{&measurement{imageTopic: sepia, soundTopic: topicOf{}}, "20 images have come on /i, none of them readable: encoding sepia", "no image has"},
		{&measurement{imageTopic: topicOf{}, soundTopic: sepia}, "20 blocks of sound have come on /s, none of them readable: encoding sepia", "no sound has"},
		{&measurement{imageTopic: sepia, soundTopic: topicOf{}, sound: time.Second, heard: 3}, "20 images have come on /i", "no image has"},
		{&measurement{imageTopic: sepia, soundTopic: topicOf{}, sound: time.Second, images: 3}, "neither a flash is seen in 3 images nor a click", "readable"},
		{&measurement{images: 60, sound: time.Second, seen: 2, heard: 2}, "too few to tell which belong together", "within"},
		{&measurement{images: 60, sound: time.Second, seen: 2, heard: 2, pairer: skew.Pairer{UnmatchedImages: 1}}, "too few", "within"},
		{
			&measurement{images: 60, sound: time.Second, seen: 2, heard: 2, pairer: skew.Pairer{UnmatchedImages: 1, UnmatchedSounds: 2}},
			"none of them within 500 ms of each other", "too few",
		},
	} {
		m := c.m
		m.report = &report{event: flash, images: "/i", sound: "/s"}
		m.pairer.Window = 500 * time.Millisecond
		if m.imageTopic == nil {
			m.imageTopic, m.soundTopic = topicOf{}, topicOf{}
		}
		if got := m.missing(); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%q, want %q and not %q", got, c.want, c.not)
		}
	}
}
