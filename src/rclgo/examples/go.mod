module rclgo_examples

go 1.25.0

require github.com/tiiuae/rclgo v0.0.0

replace github.com/tiiuae/rclgo => ../
