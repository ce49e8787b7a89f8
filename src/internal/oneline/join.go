// Package oneline makes text fit on one line, for the log and for answers of services. It is a
// package of its own since those who need it share nothing else.
package oneline

import (
	"errors"
	"strings"
)

// Join is [errors.Join] with "; " between the texts in place of a line break, which the log
// shows as \n.
func Join(errs ...error) error {
	all := errors.Join(errs...)
	if all == nil {
		return nil
	}
	return joined{all}
}

// joined is an error of [errors.Join].
type joined struct{ error }

func (e joined) Error() string {
	var texts []string
	for _, err := range e.Unwrap() {
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "; ")
}

func (e joined) Unwrap() []error { return e.error.(interface{ Unwrap() []error }).Unwrap() }
