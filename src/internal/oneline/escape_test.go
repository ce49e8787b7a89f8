package oneline_test

import (
	"testing"

	"av_capture/src/internal/oneline"
)

func TestControlCharactersAreEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		`C:\names stay, Ä too`:            `C:\names stay, Ä too`,
		"evil\n[INFO] all is well\x1b[2J": `evil\n[INFO] all is well\x1b[2J`,
		"\u202e\u2028":                    `\u202e\u2028`,
	} {
		if got := oneline.Escaped(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
