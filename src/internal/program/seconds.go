package program

import (
	"fmt"

	"av_capture/src/internal/param"
)

// longest is the longest duration of an option [s]: ten years.
const longest = 10 * 365 * 24 * 3600

// CheckSeconds refuses an option's duration [s] that is negative, too long or no number.
func CheckSeconds(option string, seconds float64) error {
	if !(seconds >= 0 && seconds <= longest) {
		return param.Misconfigured("--%s is %s, must be from 0 to %d seconds", option, fmt.Sprint(seconds), longest)
	}
	return nil
}
