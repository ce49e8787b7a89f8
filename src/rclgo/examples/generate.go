// Package examples holds programs that show how rclgo is used. In a ROS
// environment,
//
//	go generate                            # writes msgs/ and cgo-flags.env
//	set -a; . ./cgo-flags.env; set +a
//	export CGO_LDFLAGS="$CGO_LDFLAGS -lrmw_implementation"
//	go run ./talker
package examples

//go:generate go run github.com/tiiuae/rclgo/cmd/rclgo-gen generate --dest-path msgs --message-module-prefix rclgo_examples/msgs --include-package-deps std_msgs --include-package-deps std_srvs --include-package-deps rcl_interfaces --cgo-flags-path cgo-flags.env
