package camera

import (
	"errors"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

// Diagnostics have the trouble of each interval, the log that of the first.
func TestTroubleIsReportedAlwaysAndLoggedLessOften(t *testing.T) {
	trouble := map[string]func(*meter){
		"1 images could not be published: refused":                      func(m *meter) { m.addRefused(errors.New("refused")) },
		"1 images arrived damaged and were left out, the last one: cut": func(m *meter) { m.addUndecodable(errors.New("cut"), m.captured+m.damagedTotal+1) },
		"1 images lost: publishing is slower":                           func(m *meter) { m.lost++ },
	}
	for text, cause := range trouble {
		for { // until both reports are of one pause
			var m meter
			start := clock.Monotonic()
			cause(&m)
			first := m.report(0)
			cause(&m)
			second := m.report(0)
			if clock.Monotonic()-start > time.Second {
				continue
			}
			if !strings.HasPrefix(first.Trouble, text) || !strings.HasPrefix(first.Message, text) {
				t.Errorf("first: the log has %q, the diagnostics %q, want %q", first.Trouble, first.Message, text)
			}
			if second.Trouble != "" || !strings.HasPrefix(second.Message, text) {
				t.Errorf("second: the log has %q, the diagnostics %q, want nothing and %q", second.Trouble, second.Message, text)
			}
			break
		}
	}
}
