package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"av_capture/src/internal/skew"
)

// report prints events and the result, for people or as JSON.
type report struct {
	out    io.Writer
	json   bool
	event  string // flash or clap
	images string // topic
	sound  string // topic

	patience int // [s] without an event after which a line has the reason
	seconds  int // since the last event, or since the last line about none
	events   int // by then
}

// result is the outcome of a measurement.
type result struct {
	skew.Summary
	unseen   int // clicks without a flash or clap
	unheard  int // flashes or claps without a click
	doubtful int // flashes or claps beside missing images
	window   time.Duration
	period   time.Duration // from image to image

	camera, microphone string // full names of the nodes that were heard; "" if unknown
}

// resolution returns the skew below which a median tells nothing: a flash is timed to a
// millisecond, a clap to half a period, which the median halves, and both scatter.
func (r *report) resolution(s result) time.Duration {
	least := time.Millisecond
	if r.event == clap {
		least = s.period / 4
	}
	return max(least, s.Error)
}

// begin prints what is done.
func (r *report) begin() {
	if !r.json {
		fmt.Fprintf(r.out, "looking for a %s on %s, listening for clicks on %s; Ctrl-C ends it\n", r.event, r.images, r.sound)
	}
}

// waiting is called once a second, with the number of events and the reason if there is none.
func (r *report) waiting(events int, why string) {
	if r.seconds++; events != r.events {
		r.events, r.seconds = events, 0
	}
	if r.seconds < r.patience || r.json {
		return
	}
	r.seconds = 0
	if events > 0 {
		why = fmt.Sprintf("no further event in %d s", r.patience)
	}
	fmt.Fprintln(r.out, why)
}

// found prints an event.
func (r *report) found(number int, pair skew.Pair) {
	if r.json {
		r.line(jsonEvent{
			Event: number, ImageStamp: pair.Image.Nanoseconds(), SoundStamp: pair.Sound.Nanoseconds(),
			Skew: milliseconds(pair.Skew()),
		})
		return
	}
	at := time.Unix(0, int64(pair.Sound)).Format("15:04:05.000")
	fmt.Fprintf(r.out, "%5d  %s  %+9.3f ms: %s\n", number, at, milliseconds(pair.Skew()), words(pair.Skew()))
}

// result prints the result.
func (r *report) result(s result) {
	advice := r.advise(s)
	if r.json {
		r.line(jsonResult{
			Events: s.Events, Median: milliseconds(s.Median), P1: milliseconds(s.P1), P99: milliseconds(s.P99), MAD: milliseconds(s.MAD),
			Interval: s.Interval.Seconds(), Drift: number(s.Drift * 1e6), DriftError: number(s.DriftError * 1e6),
			Unheard: s.unheard, Unseen: s.unseen, Doubtful: s.doubtful, Advice: advice,
		})
		return
	}
	fmt.Fprintf(r.out, "\n%d events: %s (median)\n", s.Events, words(s.Median))
	fmt.Fprintf(r.out, "spread: %+.3f ms (1st percentile) to %+.3f ms (99th), median absolute deviation %.3f ms\n",
		milliseconds(s.P1), milliseconds(s.P99), milliseconds(s.MAD))
	if !math.IsNaN(s.Drift) {
		fmt.Fprintf(r.out, "drift: %+.3f ± %.3f ms/min (%+.1f ppm)\n", s.Drift*60e3, s.DriftError*60e3, s.Drift*1e6)
	}
	fmt.Fprintf(r.out, "without a partner: seen alone %d, heard alone %d", s.unheard, s.unseen)
	if s.doubtful > 0 {
		fmt.Fprintf(r.out, "; left out, since images before them are missing: %d", s.doubtful)
	}
	fmt.Fprintln(r.out)
	if s.Interval > 0 && s.Interval < s.window*3/2 {
		fmt.Fprintf(r.out, "events come every %.2f s: give --interval %.2f, or the wrong ones may be joined\n", s.Interval.Seconds(), s.Interval.Seconds())
	}
	switch {
	case advice == nil:
		fmt.Fprintf(r.out, "the median is below what can be told, %.1f ms: device_latency is right as it is\n", milliseconds(r.resolution(s)))
	case advice.Node == nil:
		fmt.Fprintf(r.out, "to bring the median to 0, add %.4f to device_latency of the node that publishes %s\n", advice.Add, advice.Topic)
	default:
		fmt.Fprintf(r.out, "to bring the median to 0, add %.4f to device_latency of %s: ros2 param set %s device_latency %.4f, if it is 0.0 now\n",
			advice.Add, *advice.Node, *advice.Node, advice.Add)
	}
}

// advise returns the change of a parameter that brings a median to 0, or nil if the median is
// below the resolution. The later stamp is the one to correct, since latencies are positive.
func (r *report) advise(s result) *jsonAdvice {
	if s.Median.Abs() < r.resolution(s) {
		return nil
	}
	advice := &jsonAdvice{Parameter: "device_latency", Add: math.Round(s.Median.Abs().Seconds()*1e6) / 1e6}
	node, topic := s.camera, r.images
	if s.Median < 0 {
		node, topic = s.microphone, r.sound
	}
	if node == "" {
		advice.Topic = topic
	} else {
		advice.Node = &node
	}
	return advice
}

// words describes a skew.
func words(s time.Duration) string {
	switch {
	case s > 0:
		return fmt.Sprintf("the image is stamped %.3f ms later than the sound", milliseconds(s))
	case s < 0:
		return fmt.Sprintf("the image is stamped %.3f ms earlier than the sound", milliseconds(-s))
	}
	return "image and sound are stamped alike"
}

type (
	jsonEvent struct {
		Event      int     `json:"event"`
		ImageStamp int64   `json:"image_stamp_ns"`
		SoundStamp int64   `json:"sound_stamp_ns"`
		Skew       float64 `json:"skew_ms"`
	}
	jsonResult struct {
		Events     int         `json:"events"`
		Median     float64     `json:"median_ms"`
		P1         float64     `json:"p1_ms"`
		P99        float64     `json:"p99_ms"`
		MAD        float64     `json:"mad_ms"`
		Interval   float64     `json:"interval_s"`
		Drift      *float64    `json:"drift_ppm"`
		DriftError *float64    `json:"drift_error_ppm"`
		Unheard    int         `json:"seen_alone"`
		Unseen     int         `json:"heard_alone"`
		Doubtful   int         `json:"doubtful"`
		Advice     *jsonAdvice `json:"advice"` // null if none is due
	}
	jsonAdvice struct {
		Node      *string `json:"node"`            // null if unknown; then there is
		Topic     string  `json:"topic,omitempty"` // the topic that it publishes
		Parameter string  `json:"parameter"`
		Add       float64 `json:"add_s"`
	}
)

// line prints a value as JSON.
func (r *report) line(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // all numbers are finite
	}
	fmt.Fprintf(r.out, "%s\n", text)
}

// number returns a number for JSON, null for NaN.
func number(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
