// Package ffmpegtransport has the message of ffmpeg_image_transport, image_transport's plugin
// of the name ffmpeg, where ffmpeg_image_transport_msgs was installed when this was built.
package ffmpegtransport

// FFMPEGPacketType is the type of topics.
const FFMPEGPacketType = "ffmpeg_image_transport_msgs/msg/FFMPEGPacket"
