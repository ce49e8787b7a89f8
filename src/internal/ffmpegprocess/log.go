package ffmpegprocess

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"

	"av_capture/src/internal/access"
)

// Bounds on the messages that are kept.
const (
	lineLimit     = 500 // [bytes] of a line; the rest is cut off
	lastLines     = 3   // in the error when ffmpeg ends; before the first image the first line is one of them
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
	fatal   bool     // the first error was fatal
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
			s.Add(text)
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

// unplugged is the text at the end of messages about a device that is unplugged. They are kept
// for the error that follows, and not passed on beside it.
var unplugged = syscall.ENODEV.Error()

// Add takes a line of standard error, of which it masks passwords.
func (s *Log) Add(line string) {
	line = strings.TrimSpace(address.ReplaceAllString(line, "]"))
	fatal := strings.Contains(line, "[fatal] ") || strings.Contains(line, "[panic] ")
	grave := fatal || strings.Contains(line, "[error] ")
	s.mu.Lock()
	defer s.mu.Unlock()
	line = access.Masked(s.hidden.Replace(level.ReplaceAllString(line, "")))
	s.last = s.newest(s.last, line)
	if grave {
		s.fatal = s.fatal || fatal && len(s.errors) == 0
		s.errors = s.newest(s.errors, line)
	}
	if s.known[line] || len(s.known) >= distinctLimit || textOf(line) == unplugged {
		return
	}
	s.known[line] = true
	if s.open {
		s.tell(line)
	} else {
		s.waiting = append(s.waiting, line)
	}
}

// newest appends a line to the newest lines. It leaves out what is there already, and a code
// that a line before has told: ffmpeg hands it from function to function, each of which says
// so. Until the first image the first line stays, which is nearest to the cause.
func (s *Log) newest(lines []string, line string) []string {
	if slices.Contains(lines, line) {
		return lines
	}
	if text := textOf(line); texts[text] != None && slices.ContainsFunc(lines, func(other string) bool { return textOf(other) == text }) {
		return lines
	}
	if len(lines) == lastLines {
		oldest := 0
		if !s.open {
			oldest = 1
		}
		lines = slices.Delete(lines, oldest, oldest+1)
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
	s.waiting, s.last, s.errors, s.fatal = nil, nil, nil, false
}

// Refusal returns the end of ffmpeg, with a status, before the first image.
func (s *Log) Refusal(status int) Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Refusal{Status: status, Errors: slices.Clone(s.errors), Fatal: s.fatal}
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

// Because returns the last lines as [Log.Why] does, as the end of a sentence: ": why", or "".
func (s *Log) Because() string {
	if why := s.Why(); why != "" {
		return ": " + why
	}
	return ""
}

// Unplugged reports whether the last lines are those about a device that is unplugged.
func (s *Log) Unplugged() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(slices.Concat(s.errors, s.last), func(line string) bool { return textOf(line) == unplugged })
}
