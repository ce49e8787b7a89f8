//go:build !ffmpeg_image_transport_msgs

package ffmpegtransport

import (
	"av_capture/src/internal/message"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Installed says that ffmpeg_image_transport_msgs was not there when this was built.
func Installed() error { return message.NotInstalled("ffmpeg_image_transport_msgs", "FFMPEGPacket") }

// FFMPEGPacket stands for ffmpeg_image_transport_msgs/FFMPEGPacket.
type FFMPEGPacket struct {
	message.Absent
	Header      std_msgs_msg.Header
	Width       int32
	Height      int32
	Encoding    string
	Pts         uint64
	Flags       uint8
	IsBigendian bool
	Data        []uint8
}

// FFMPEGPacketTypeSupport is that of FFMPEGPacket, which is not there.
var FFMPEGPacketTypeSupport types.MessageTypeSupport
