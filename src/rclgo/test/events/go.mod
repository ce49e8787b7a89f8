module rclgo_test/events

go 1.25.0

// Both are found by the go.work that the tests write, as those of program.
require (
	github.com/tiiuae/rclgo v0.0.0
	rclgo_test/msgs v0.0.0
)
