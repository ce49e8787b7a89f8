package ffmpegprocess

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"av_capture/src/internal/access"
)

// Bounds on the messages that are kept.
const (
	lineLimit     = 500 // [bytes] of a line; the rest is cut off
	lastLines     = 3   // in the error when ffmpeg ends
	distinctLimit = 100 // messages that are passed on
)

// Log takes ffmpeg's messages on its standard error.
type Log struct {
	notice func(string) // gets each message once; may be nil

	mu      sync.Mutex
	hidden  *strings.Replacer // of arguments that hold a password
	open    bool              // messages go to notice; before that, into an error
	known   map[string]bool
	waiting []string // messages until it is open
	last    []string // the newest messages, each once
	errors  []string // the newest of them that are errors
}

// NewLog returns a log that passes each message on once, to notice, which may be nil.
func NewLog(notice func(string)) *Log {
	return &Log{notice: notice, known: map[string]bool{}, hidden: strings.NewReplacer()}
}

// Hide masks, in all further messages, those of ffmpeg's arguments that hold a password.
func (s *Log) Hide(args []string) {
	var pairs []string
	for i, masked := range access.MaskedArguments(args) {
		if args[i] != masked && args[i] != "" {
			pairs = append(pairs, args[i], masked)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = strings.NewReplacer(pairs...)
}

// listen reads lines until the end.
func (s *Log) listen(from io.Reader) {
	reader := bufio.NewReaderSize(from, lineLimit)
	for {
		line, err := reader.ReadSlice('\n')
		text := string(line)
		if end := strings.LastIndexByte(text, ' '); err == bufio.ErrBufferFull && end > 0 {
			text = text[:end] // half a password would not be recognised
		}
		if strings.TrimSpace(text) != "" {
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

// farewell ends ffmpeg's messages about a device that is unplugged. They are kept for the error
// that follows, and not passed on beside it.
const farewell = ": No such device"

// add takes a line, of which it masks passwords.
func (s *Log) add(line string) {
	line = strings.TrimSpace(address.ReplaceAllString(line, "]"))
	grave := strings.Contains(line, "[error] ") || strings.Contains(line, "[fatal] ") || strings.Contains(line, "[panic] ")
	s.mu.Lock()
	defer s.mu.Unlock()
	line = access.Masked(s.hidden.Replace(level.ReplaceAllString(line, "")))
	s.last = newest(s.last, line)
	if grave {
		s.errors = newest(s.errors, line)
	}
	if s.known[line] || len(s.known) >= distinctLimit || strings.HasSuffix(line, farewell) {
		return
	}
	s.known[line] = true
	if s.open {
		s.tell(line)
	} else {
		s.waiting = append(s.waiting, line)
	}
}

// newest appends a line to the newest lines, unless it is among them.
func newest(lines []string, line string) []string {
	if slices.Contains(lines, line) {
		return lines
	}
	if len(lines) == lastLines {
		lines = slices.Delete(lines, 0, 1)
	}
	return append(lines, line)
}

// tell passes a message on. s.mu is held, so that nothing follows Mute.
func (s *Log) tell(line string) {
	if s.notice != nil {
		s.notice("ffmpeg: " + line)
	}
}

// Speak passes on the waiting messages and all further ones.
func (s *Log) Speak() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = true
	for _, line := range s.waiting {
		s.tell(line)
	}
	s.waiting = nil
}

// Mute keeps further messages for an error. Waiting messages are dropped, since an error
// has them; should they come again, they are passed on.
func (s *Log) Mute() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
	for _, line := range s.waiting {
		delete(s.known, line)
	}
	s.waiting, s.last, s.errors = nil, nil, nil
}

// Why returns the last lines, of errors if there were any; "" if there were none.
func (s *Log) Why() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errors) > 0 {
		return strings.Join(s.errors, "; ")
	}
	return strings.Join(s.last, "; ")
}

// Unplugged reports whether the last lines are those about a device that is unplugged.
func (s *Log) Unplugged() bool { return strings.Contains(s.Why(), farewell) }
