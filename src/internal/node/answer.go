package node

import "github.com/tiiuae/rclgo/pkg/rclgo"

// outcome is what came of a request, for its answer.
type outcome struct {
	success bool
	message string // in words, whether it is a success or not
}

func newOutcome(message string, err error) outcome {
	if err != nil {
		message = err.Error()
	}
	return outcome{err == nil, message}
}

// answered logs that a request to a service could not be answered, if so.
func answered(log *rclgo.Logger, service string, err error) {
	if err != nil {
		log.Warnf("a request to %s could not be answered: %v", service, err)
	}
}
