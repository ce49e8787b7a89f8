package node

import (
	"context"
	"errors"
	"time"

	"av_capture/src/internal/acquire"
)

// firstRetry is the pause after the first failure. It doubles with every
// further one up to reconnect_interval: a cable that slipped for a moment costs
// a moment, and a device that is gone for good costs next to nothing.
const firstRetry = 100 * time.Millisecond

// logger is what the supervisor needs of a node's logger.
type logger interface {
	Infof(format string, args ...any) error
	Errorf(format string, args ...any) error
}

// supervisor keeps one source running, whatever it is: it is the only place
// that retries.
type supervisor struct {
	log      logger
	interval time.Duration // longest pause between two tries
	said     string        // the failure that was logged last: each is logged once
}

// run calls session until ctx ends or the source has given all it has. A
// session opens the source, calls up when it runs, and returns why it ended.
func (s *supervisor) run(ctx context.Context, session func(ctx context.Context, up func()) error) {
	pause := firstRetry
	for {
		err := session(ctx, func() {
			if s.said != "" {
				s.log.Infof("capturing again")
			}
			s.said, pause = "", firstRetry
		})
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, acquire.ErrEnd) {
			s.log.Infof("%v; set loop to play it again and again", err)
			return
		}
		s.report(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, s.interval)
	}
}

// report logs a failure, unless it is the one that was logged last.
func (s *supervisor) report(err error) {
	text := "ended without a reason"
	if err != nil {
		text = err.Error()
	}
	if text == s.said {
		return
	}
	s.said = text
	s.log.Errorf("%s; trying again until it works, at least every %v", text, s.interval)
}
