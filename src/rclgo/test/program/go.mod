module rclgo_test/program

go 1.25.0

// Both are found by the go.work that the tests write: the bindings are made by
// them, and rclgo may be any checkout.
require (
	github.com/tiiuae/rclgo v0.0.0
	rclgo_test/msgs v0.0.0
)
