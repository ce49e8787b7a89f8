module av_capture

go 1.26.0

toolchain go1.26.6

require github.com/tiiuae/rclgo v0.0.0

replace github.com/tiiuae/rclgo => ./src/rclgo
