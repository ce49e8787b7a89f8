package listener

import "fmt"

// longest is the longest duration that can be asked for [s]: ten years.
const longest = 10 * 365 * 24 * 3600

// CheckSeconds says what is wrong with an option that is a duration.
func CheckSeconds(option string, seconds float64) error {
	if !(seconds >= 0 && seconds <= longest) {
		return Usagef("--%s is %s, must be from 0 to %d seconds", option, fmt.Sprint(seconds), longest)
	}
	return nil
}
