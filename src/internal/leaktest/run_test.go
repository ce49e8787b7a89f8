package leaktest

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestLeftoversAreNamed(t *testing.T) {
	var report strings.Builder
	before := descriptors()
	if remaining(&report, before, time.Minute) != 0 || report.Len() > 0 {
		t.Errorf("nothing is left, but is reported: %s", &report)
	}
	file, err := os.Open("run_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	end := make(chan struct{})
	defer close(end)
	go func() { <-end }()
	if remaining(&report, before, 0) != 1 {
		t.Error("a goroutine and a file are left, and taken for nothing")
	}
	for _, want := range []string{"TestLeftoversAreNamed.func1", "run_test.go\n"} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("report %q, want %q in it", &report, want)
		}
	}
}
