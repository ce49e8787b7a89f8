package ffmpeg

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Bounds on what is kept of ffmpeg's words.
const (
	lineLimit     = 500 // [bytes] of a line, the rest is cut off
	lastLines     = 3   // in the error when it ends
	distinctLimit = 100 // messages, so that a talkative one does not fill the log
)

// said is what ffmpeg has said on its standard error.
type said struct {
	notice func(string) // told of each message once; may be nil

	mu      sync.Mutex
	hidden  *strings.Replacer // of the password in a URL
	open    bool              // notice may be told; before that, an error will tell
	known   map[string]bool
	waiting []string // messages until then
	last    []string // the newest messages, no one twice
	errors  []string // the newest of them that are errors
}

func newSaid(notice func(string)) *said {
	return &said{notice: notice, known: map[string]bool{}, hidden: strings.NewReplacer()}
}

// hide has a name replaced in all that is said from now on.
func (s *said) hide(name, by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = strings.NewReplacer(name, by)
}

// listen reads lines until the end.
func (s *said) listen(from io.Reader) {
	reader := bufio.NewReaderSize(from, lineLimit)
	for {
		line, err := reader.ReadSlice('\n')
		if text := string(line); strings.TrimSpace(text) != "" {
			s.add(text)
		}
		for err == bufio.ErrBufferFull { // the rest of a long line
			_, err = reader.ReadSlice('\n')
		}
		if err != nil {
			return
		}
	}
}

// ffmpeg writes "[v4l2 @ 0x55d0c8] [error] text": the address is another one
// each time, and the level is that of -loglevel level.
var (
	address = regexp.MustCompile(` @ 0x[0-9a-f]+\]`)
	level   = regexp.MustCompile(`\[(panic|fatal|error|warning|info|verbose|debug|trace)\] `)
)

// add takes a line.
func (s *said) add(line string) {
	line = strings.TrimSpace(address.ReplaceAllString(line, "]"))
	grave := strings.Contains(line, "[error] ") || strings.Contains(line, "[fatal] ") || strings.Contains(line, "[panic] ")
	s.mu.Lock()
	defer s.mu.Unlock()
	line = s.hidden.Replace(level.ReplaceAllString(line, ""))
	s.last = newest(s.last, line)
	if grave {
		s.errors = newest(s.errors, line)
	}
	if s.known[line] || len(s.known) >= distinctLimit {
		return
	}
	s.known[line] = true
	if s.open {
		s.tell(line)
	} else {
		s.waiting = append(s.waiting, line)
	}
}

// newest appends a line to those that are kept, if it is not among them.
func newest(lines []string, line string) []string {
	if slices.Contains(lines, line) {
		return lines
	}
	if len(lines) == lastLines {
		lines = slices.Delete(lines, 0, 1)
	}
	return append(lines, line)
}

// tell passes a message on. s.mu is held, so that none is passed on after mute.
func (s *said) tell(line string) {
	if s.notice != nil {
		s.notice("ffmpeg: " + line)
	}
}

// speak passes on what has been said and what will be.
func (s *said) speak() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = true
	for _, line := range s.waiting {
		s.tell(line)
	}
	s.waiting = nil
}

// mute keeps what will be said for an error. What waited is in the error that
// was made of it, and is told again should it happen again.
func (s *said) mute() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
	for _, line := range s.waiting {
		delete(s.known, line)
	}
	s.waiting, s.last, s.errors = nil, nil, nil
}

// why returns the last lines, errors if there are any, or nothing.
func (s *said) why() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errors) > 0 {
		return strings.Join(s.errors, "; ")
	}
	return strings.Join(s.last, "; ")
}
