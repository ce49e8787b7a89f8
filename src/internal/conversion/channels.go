package conversion

import (
	"fmt"
	"slices"
	"strings"
)

// Channels maps captured channels to published ones.
type Channels struct {
	in   int
	from []int // the captured channel of each published one, from 0; nil for the mean of all
}

// Mix returns the usual map of in channels to out: the same number stays as it is, one
// channel is the mean of all, fewer are the first ones, and more repeat all in turn, so
// that mono is the same on every channel.
func Mix(in, out int) Channels {
	c := Channels{in: in}
	if out == 1 && in > 1 {
		return c
	}
	for channel := range out {
		c.from = append(c.from, channel%in)
	}
	return c
}

// Choose returns the map of a list that holds a captured channel, from 0 to in - 1, for
// each published one. The error names a channel that does not exist.
func Choose(in int, channelMap []int) (Channels, error) {
	for _, channel := range channelMap {
		if channel < 0 || channel >= in {
			return Channels{}, fmt.Errorf("channel_map has channel %d, but the device has %s, counted from 0", channel, counted(in))
		}
	}
	return Channels{in: in, from: slices.Clone(channelMap)}, nil
}

// counted returns a number of channels with its noun.
func counted(channels int) string {
	if channels == 1 {
		return "1 channel"
	}
	return fmt.Sprintf("%d channels", channels)
}

// Out returns the number of published channels.
func (c Channels) Out() int {
	if c.from == nil {
		return 1
	}
	return len(c.from)
}

// same reports whether all channels stay as they are.
func (c Channels) same() bool {
	for channel, from := range c.from {
		if channel != from {
			return false
		}
	}
	return c.Out() == c.in
}

// String describes the map for people, as in "the mean of its 6 channels". It is empty if
// all channels stay as they are.
func (c Channels) String() string {
	switch {
	case c.same():
		return ""
	case c.from == nil:
		return fmt.Sprintf("the mean of its %s", counted(c.in))
	}
	names := make([]string, len(c.from))
	for i, from := range c.from {
		names[i] = fmt.Sprint(from)
	}
	word := "channel"
	if len(names) > 1 {
		word = "channels"
	}
	return fmt.Sprintf("%s %s of its %s, counted from 0", word, strings.Join(names, ", "), counted(c.in))
}

// sample returns the sample of a published channel for a captured audio frame.
func (c Channels) sample(frame []float64, channel int) float64 {
	if c.from != nil {
		return frame[c.from[channel]]
	}
	// The sum of 32 samples of 32 bits is exact. The mean is rounded here and when it
	// is encoded, which gives the same integer as one rounding: a fraction of n-ths,
	// n ≤ 32, is either exactly a half or far from it.
	sum := 0.0
	for _, x := range frame {
		sum += x
	}
	return sum / float64(len(frame))
}
