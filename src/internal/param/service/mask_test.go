package service

import (
	"strings"
	"testing"

	"av_capture/src/internal/access"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

func TestWhatStandsForAPasswordKeepsIt(t *testing.T) {
	const first, second = "rtsp://u:one@h/", "rtsp://u:two@h/"
	table := param.NewTable([]param.Declaration{{
		Name: "url", Default: param.String(first), Description: "A URL.",
		Mask: func(v param.Value) param.Value { return param.String(access.MaskedValue(v.Text())) },
	}})
	started := table.Defaults()
	set := func(from param.Set, url string) param.Set {
		t.Helper()
		changed, err := with(from, started, []rcl_interfaces_msg.Parameter{{Name: "url", Value: toMessage(param.String(url))}})
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if got := toMessage(masked(started, "url")).StringValue; got != "rtsp://u:xxxxx@h/" {
		t.Errorf("told %q", got)
	}
	withURL := func(url string) param.Set {
		t.Helper()
		changed, err := started.With(map[string]param.Value{"url": param.String(url)})
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	changed := withURL(second)
	for _, c := range []struct {
		from      param.Set
		url, want string
	}{
		{started, "rtsp://u:xxxxx@h/", first},
		{changed, "rtsp://u:xxxxx@h/", second},                 // what is in force
		{withURL("rtsp://u:x@i/"), "rtsp://u:xxxxx@h/", first}, // what was at start
		{changed, "rtsp://u:xxxxx@i/", "rtsp://u:xxxxx@i/"},    // what nobody knows
	} {
		if got := set(c.from, c.url).String("url"); got != c.want {
			t.Errorf("%q became %q, want %q", c.url, got, c.want)
		}
	}

	// None can be found by trying.
	var texts []string
	for _, password := range []string{"one", "two", "other"} {
		_, err := with(changed, started, []rcl_interfaces_msg.Parameter{{Name: "url", Value: toMessage(param.String("rtsp://u:" + password + "@h/"))}})
		if err == nil || strings.Contains(err.Error(), password+"@") {
			t.Fatalf("%s: %v, want it refused without it", password, err)
		}
		texts = append(texts, err.Error())
	}
	if texts[0] != texts[1] || texts[0] != texts[2] {
		t.Errorf("refusals differ: %q", texts)
	}
}
