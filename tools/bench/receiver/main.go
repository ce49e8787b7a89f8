// Command receiver takes the messages of some topics, and leaves them serialised: a subscriber
// that costs little, of which many can run. Arguments are topics of images, or of sound where
// the name ends in audio. It prints a line when it has subscribed, and one when each topic has
// given a message.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	"av_capture/examples/go/program"
	av_capture "av_capture/src/msgs/av_capture/msg"
	sensor_msgs "av_capture/src/msgs/sensor_msgs/msg"
)

func main() {
	topics := os.Args[1:]
	if i := slices.Index(topics, "--ros-args"); i >= 0 {
		topics = topics[:i]
	}
	program.Spin("receiver", func(node *rclgo.Node) error {
		waiting := len(topics)
		for _, topic := range topics {
			if err := receive(node, topic, func() {
				if waiting--; waiting == 0 {
					fmt.Println("receiving")
				}
			}); err != nil {
				return err
			}
		}
		fmt.Println("subscribed")
		return nil
	})
}

// receive takes all messages of a topic, and calls first with the first one.
func receive(node *rclgo.Node, topic string, first func()) error {
	support := sensor_msgs.ImageTypeSupport
	options := rclgo.NewDefaultSubscriptionOptions()
	options.Qos.Depth = 5
	if strings.HasSuffix(topic, "audio") {
		support, options.Qos.Depth = av_capture.AudioDataTypeSupport, 50
	}
	received := false
	_, err := node.NewSubscription(topic, support, options, func(s *rclgo.Subscription) {
		_, _, err := s.TakeSerializedMessage()
		if failed := (*rclgo.SubscriptionTakeFailed)(nil); errors.As(err, &failed) {
			return
		}
		program.Check(err)
		if !received {
			received = true
			first()
		}
	})
	return err
}
