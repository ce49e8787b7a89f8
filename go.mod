module av_capture

go 1.26.0

toolchain go1.26.6

require github.com/tiiuae/rclgo v0.0.0

require (
	github.com/gen2brain/malgo v0.11.24 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	go.uber.org/goleak v1.3.0 // indirect
	gocv.io/x/gocv v0.43.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	gonum.org/v1/gonum v0.17.0 // indirect
)

replace github.com/tiiuae/rclgo => ./src/rclgo
