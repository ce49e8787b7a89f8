// Command sampler has the last 1.5 s of sound as numbers in [-1, 1], prints their level
// twice a second, and at its end (Ctrl-C) writes them to sound.f32.
package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	"av_capture/examples/go/program"
	av_capture "av_capture/src/msgs/av_capture/msg"
)

func main() {
	var s sampler
	options := rclgo.NewDefaultSubscriptionOptions()
	options.Qos.Depth = 200 // two seconds
	program.Spin("sampler", func(node *rclgo.Node) error {
		go func() {
			for range time.Tick(time.Second / 2) {
				power, peak := 0.0, 0.0
				for _, sample := range s.latest() {
					power += float64(sample*sample) / size
					peak = max(peak, math.Abs(float64(sample)))
				}
				fmt.Printf("RMS %.3f, peak %.3f\n", math.Sqrt(power), peak)
			}
		}()
		_, err := av_capture.NewAudioDataSubscription(node, "microphone/audio", options, s.heard)
		return err
	})
	data, err := binary.Append(nil, binary.LittleEndian, s.latest())
	program.Check(err)
	program.Check(os.WriteFile("sound.f32", data, 0o644))
}
