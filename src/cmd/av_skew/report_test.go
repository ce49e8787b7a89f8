package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/skew"
)

func TestAdviceIsGivenAboutWhatCanBeTold(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		event  string
		median time.Duration
		scale  time.Duration // standard error of the median
		json   string
		words  string
	}{
		{flash, 48 * ms, 0, `{"node":"/eye","parameter":"device_latency","add_s":0.048}`, "add 0.0480 to device_latency of /eye: ros2 param set /eye device_latency 0.0480"},
		{flash, -48 * ms, 0, `{"node":null,"topic":"/s","parameter":"device_latency","add_s":0.048}`, "device_latency of the node that publishes /s"},
		{flash, ms, 0, `{"node":"/eye","parameter":"device_latency","add_s":0.001}`, "add 0.0010"},
		{flash, ms - 1, 0, "null", "below what can be told, 1.0 ms"},
		{flash, 1 - ms, 0, "null", "below what can be told, 1.0 ms"},
		{flash, 0, 0, "null", "device_latency is right as it is"},
		{flash, 5 * ms, 6 * ms, "null", "below what can be told, 6.0 ms"},
		{flash, 7 * ms, 6 * ms, `{"node":"/eye","parameter":"device_latency","add_s":0.007}`, "add 0.0070"},
		{clap, 9 * ms, 0, "null", "below what can be told, 10.0 ms"}, // a quarter of 40 ms
		{clap, 11 * ms, 0, `{"node":"/eye","parameter":"device_latency","add_s":0.011}`, "add 0.0110"},
		{clap, 11 * ms, 12 * ms, "null", "below what can be told, 12.0 ms"},
	} {
		found := result{Summary: skew.Summary{Events: 9, Median: c.median, Error: c.scale}, period: 40 * ms, camera: "/eye"}
		var out strings.Builder
		r := report{out: &out, event: c.event, images: "/i", sound: "/s"}
		r.result(found)
		if !strings.Contains(out.String(), c.words) {
			t.Errorf("%s %v ± %v: %s, want %q", c.event, c.median, c.scale, &out, c.words)
		}
		out.Reset()
		r.json = true
		r.result(found)
		var got struct{ Advice json.RawMessage }
		if err := json.Unmarshal([]byte(out.String()), &got); err != nil || string(got.Advice) != c.json {
			t.Errorf("%s %v ± %v: %s, %v, want %s", c.event, c.median, c.scale, got.Advice, err, c.json)
		}
	}
}
