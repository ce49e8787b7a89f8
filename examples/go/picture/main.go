// Command picture prints how many images a camera gives a second, and at its end (Ctrl-C)
// writes the newest one, its planes side by side, to picture.pgm.
package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	"av_capture/examples/go/program"
	sensor_msgs "av_capture/src/msgs/sensor_msgs/msg"
)

// layout holds, by encoding, each plane's first byte in a row, and the step to its next one.
var layout = map[string][][2]int{
	"yuv422_yuy2": {{0, 2}, {1, 4}, {3, 4}}, "yuv422": {{1, 2}, {0, 4}, {2, 4}}, // Jazzy
	"yuyv": {{0, 2}, {1, 4}, {3, 4}}, "uyvy": {{1, 2}, {0, 4}, {2, 4}},
	"bgr8": {{0, 3}, {1, 3}, {2, 3}}, "rgb8": {{0, 3}, {1, 3}, {2, 3}}, "mono8": {{0, 1}},
}

// planes returns the rows of an image, the planes side by side.
func planes(image *sensor_msgs.Image) (pixels []byte) {
	for row := range slices.Chunk(image.Data, int(image.Step)) {
		for _, plane := range layout[image.Encoding] {
			for i := plane[0]; i < len(row); i += plane[1] {
				pixels = append(pixels, row[i])
			}
		}
	}
	return pixels
}

func main() {
	var newest *sensor_msgs.Image
	var stamps []int64 // [ns] of the newest images
	received := func(image *sensor_msgs.Image, _ *rclgo.MessageInfo, err error) {
		program.Check(err)
		newest = image
		stamps = append(stamps, int64(image.Header.Stamp.Sec)*1e9+int64(image.Header.Stamp.Nanosec))
		if n := len(stamps) - 1; n == 30 {
			fmt.Printf("%.1f images/s\n", float64(n)*1e9/float64(stamps[n]-stamps[0]))
			stamps = stamps[n:]
		}
	}
	program.Spin("picture", func(node *rclgo.Node) error {
		_, err := sensor_msgs.NewImageSubscription(node, "camera/image_raw", nil, received)
		return err
	})
	if newest != nil {
		pixels, height := planes(newest), int(newest.Height)
		pgm := fmt.Appendf(nil, "P5\n%d %d\n255\n%s", len(pixels)/height, height, pixels)
		program.Check(os.WriteFile("picture.pgm", pgm, 0o644))
	}
}
