package message

import "os"

// EncodingName returns the name that sensor_msgs/Image has for an encoding.
//
// Raw 4:2:2 has two names each: yuv422_yuy2 and yuv422, which rviz2 shows up to
// Jazzy, and yuyv and uyvy, which it shows instead since its version 14.3, that
// is in Kilted and later ("replace deprecated encodings", ros2/rviz#1276).
func EncodingName(encoding string) string {
	if name, ok := rawNames[encoding]; ok {
		return name
	}
	return encoding
}

// bits16 is the encoding of values that do not use all of their 16 bits. Subscribers
// that know how many are used can scale them.
const bits16 = "16UC1"

// rawNames are the names of this distribution.
var rawNames = rawNamesOf(os.Getenv("ROS_DISTRO"))

func rawNamesOf(distribution string) map[string]string {
	switch distribution {
	case "foxy", "galactic", "humble", "iron", "jazzy":
		return map[string]string{"yuv422_yuy2": "yuv422_yuy2", "uyvy": "yuv422", "Y10": bits16, "Y12": bits16}
	}
	return map[string]string{"yuv422_yuy2": "yuyv", "uyvy": "uyvy", "Y10": bits16, "Y12": bits16}
}
