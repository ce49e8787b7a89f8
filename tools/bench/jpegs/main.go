// Command jpegs encodes each image of camera/image_raw as JPEG by OpenCV, as web_video_server
// does for each browser, and prints once a second how many it has encoded.
package main

// #cgo LDFLAGS: -lopencv_imgcodecs
import "C"

import (
	"fmt"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"gocv.io/x/gocv"

	"av_capture/examples/go/program"
	sensor_msgs "av_capture/src/msgs/sensor_msgs/msg"
)

// quality is the default of web_video_server.
const quality = 95

func main() {
	count, second := 0, int32(0)
	received := func(image *sensor_msgs.Image, _ *rclgo.MessageInfo, err error) {
		program.Check(err)
		encode(image)
		if count++; image.Header.Stamp.Sec != second {
			fmt.Println(count)
			count, second = 0, image.Header.Stamp.Sec
		}
	}
	program.Spin("jpegs", func(node *rclgo.Node) error {
		options := rclgo.NewDefaultSubscriptionOptions()
		options.Qos.Depth = 1
		_, err := sensor_msgs.NewImageSubscription(node, "camera/image_raw", options, received)
		return err
	})
}

// encode encodes an image of bgr8.
func encode(image *sensor_msgs.Image) {
	mat, err := gocv.NewMatFromBytes(int(image.Height), int(image.Width), gocv.MatTypeCV8UC3, image.Data)
	program.Check(err)
	defer mat.Close()
	file, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, mat, []int{gocv.IMWriteJpegQuality, quality})
	program.Check(err)
	file.Close()
}
