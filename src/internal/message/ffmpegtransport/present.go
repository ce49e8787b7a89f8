//go:build ffmpeg_image_transport_msgs

package ffmpegtransport

import ffmpeg_image_transport_msgs_msg "av_capture/src/msgs/ffmpeg_image_transport_msgs/msg"

// Installed returns nil: ffmpeg_image_transport_msgs was there when this was built.
func Installed() error { return nil }

// The messages that are used.
type (
	FFMPEGPacket = ffmpeg_image_transport_msgs_msg.FFMPEGPacket
)

// Their type supports.
var (
	FFMPEGPacketTypeSupport = ffmpeg_image_transport_msgs_msg.FFMPEGPacketTypeSupport
)
