package opencv

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
)

// variable holds the options of FFmpeg inside OpenCV, which reads it at each opening. No
// other way exists, so it belongs to the whole process: openings wait for those that need
// other options.
const variable = "OPENCV_FFMPEG_CAPTURE_OPTIONS"

// optionsLimit bounds the wait of an opening for others: longer than a server may be
// silent.
const optionsLimit = streamTimeout*time.Millisecond + 5*time.Second

// ffmpegOptions sets the protocols that the openings under way may use.
type ffmpegOptions struct {
	given string // the variable as the process found it

	mu        sync.Mutex
	protocols string        // in the variable
	openings  int           // under way
	idle      chan struct{} // closed when openings is 0 again
}

var options = newOptions(os.Getenv(variable))

// newOptions sets the variable once while the process has one thread: later settings
// replace it in place.
func newOptions(given string) *ffmpegOptions {
	if given == "" {
		given = "rtsp_flags;prefer_tcp" // OpenCV's own without the variable
	}
	o := &ffmpegOptions{given: given}
	o.set(inputurl.Protocols(""))
	return o
}

// set has further openings use these protocols, unless the user's own variable names some.
func (o *ffmpegOptions) set(protocols string) {
	o.protocols = protocols
	if !strings.Contains("|"+o.given, "|protocol_whitelist;") {
		more := "|max_redirects;0"
		if protocols == inputurl.Protocols("") {
			more = "|format_whitelist;" + inputurl.Formats
		}
		_ = os.Setenv(variable, o.given+"|protocol_whitelist;"+protocols+more) // it fails for names with = only
	}
}

// protocolsOf returns the protocols that FFmpeg may use for an input. All networks share
// one list, so that their openings do not wait for each other.
func protocolsOf(name string) string {
	own := inputurl.Protocols(name)
	first, _, _ := strings.Cut(own, ",")
	if slices.Contains(strings.Split(inputurl.NetworkProtocols, ","), first) {
		return inputurl.NetworkProtocols
	}
	return own
}

// begin has openings use the protocols that a name needs, until end is called. It blocks
// while openings with others are under way, for optionsLimit at most.
func (o *ffmpegOptions) begin(name string) (end func(), err error) {
	wanted := protocolsOf(name)
	timer := time.NewTimer(optionsLimit)
	defer timer.Stop()
	o.mu.Lock()
	for o.openings > 0 && o.protocols != wanted {
		idle := o.idle
		o.mu.Unlock()
		select {
		case <-idle:
		case <-timer.C:
			return nil, fmt.Errorf("another input of this process has been opening for %v, and FFmpeg's protocols are the same for all: %w", optionsLimit, media.ErrBusy)
		}
		o.mu.Lock()
	}
	defer o.mu.Unlock()
	if o.openings == 0 {
		o.set(wanted)
		o.idle = make(chan struct{})
	}
	o.openings++
	return o.end, nil
}

func (o *ffmpegOptions) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.openings--; o.openings == 0 {
		close(o.idle)
	}
}
