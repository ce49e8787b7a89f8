package node

import (
	"av_capture/src/internal/access"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Outcome is the outcome of a request to a service, for its response.
type Outcome struct {
	Success bool
	Message string // for people, without passwords
}

// NewOutcome returns a success with a message, or the error.
func NewOutcome(message string, err error) Outcome {
	if err != nil {
		message = err.Error()
	}
	return Outcome{err == nil, access.Masked(message)}
}

// WarnUnanswered logs the error of sending a response, if there is one.
func WarnUnanswered(log *rclgo.Logger, service string, err error) {
	if err != nil {
		log.Warnf("a request to %s could not be answered: %v", service, err)
	}
}
