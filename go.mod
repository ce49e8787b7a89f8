module av_capture

go 1.24.0

toolchain go1.26.6

require (
	github.com/coder/websocket v1.8.15
	github.com/gen2brain/malgo v0.11.24
	github.com/google/go-cmp v0.7.0
	github.com/tiiuae/rclgo v0.0.0
	go.uber.org/goleak v1.3.0
	go.yaml.in/yaml/v4 v4.0.0
	gocv.io/x/gocv v0.43.0
	golang.org/x/sys v0.41.0
	gonum.org/v1/gonum v0.17.0
)

replace github.com/tiiuae/rclgo => ./src/rclgo
