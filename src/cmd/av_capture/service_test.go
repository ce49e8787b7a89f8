package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/program"
)

// service returns the settings of the systemd unit, each with its values.
func service(t *testing.T) map[string][]string {
	t.Helper()
	content, err := os.ReadFile("../../../systemd/av_capture.service")
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string][]string{}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "[") {
			continue
		}
		name, value, found := strings.Cut(line, "=")
		if !found {
			t.Errorf("%q is no setting", line)
		}
		settings[name] = append(settings[name], value)
	}
	return settings
}

func TestServiceIsNotStartedAgainAfterAConfigurationError(t *testing.T) {
	settings := service(t)
	want := strconv.Itoa(program.ExitConfiguration)
	if got := settings["RestartPreventExitStatus"]; len(got) != 1 || got[0] != want {
		t.Errorf("RestartPreventExitStatus is %q, want %q", got, want)
	}
	// A signal asks for the end: its sender restarts the service if it is to go on.
	if got, want := settings["SuccessExitStatus"], strconv.Itoa(program.ExitForced); len(got) != 1 || got[0] != want {
		t.Errorf("SuccessExitStatus is %q, want %q", got, want)
	}
	if got := settings["Restart"]; len(got) != 1 || got[0] != "on-failure" {
		t.Errorf("Restart is %q: a fault ends it for good", got)
	}
}

func TestServiceAllowsTheDefaultPriority(t *testing.T) {
	want := microphone.Table.Defaults().Int("thread_priority")
	if got := service(t)["LimitRTPRIO"]; len(got) != 1 || got[0] != strconv.FormatInt(want, 10) {
		t.Errorf("LimitRTPRIO is %q, want %d, thread_priority's default", got, want)
	}
}
