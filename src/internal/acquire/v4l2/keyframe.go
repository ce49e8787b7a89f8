package v4l2

// #include <linux/videodev2.h>
import "C"

import (
	"time"
	"unsafe"
)

// keyFrameInterval is the least time between two requests for a key frame: a camera needs some
// for an answer.
const keyFrameInterval = 500 * time.Millisecond

// askForKeyFrame asks the camera for a key frame of its video after a loss, and while somebody
// waits for one. Cameras that have no such control, as those of USB, send one at intervals of
// their own.
func (s *Source) askForKeyFrame(c *camera, lost bool, now time.Duration) {
	c.keyFrameDue = c.keyFrameDue || lost
	if c.noKeyFrames || now < c.askedForKeyFrame+keyFrameInterval || !c.keyFrameDue && (s.config.KeyFrame == nil || !s.config.KeyFrame()) {
		return
	}
	c.keyFrameDue, c.askedForKeyFrame = false, now
	control := C.struct_v4l2_control{id: C.V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME, value: 1}
	if err := c.device.ioctl(C.VIDIOC_S_CTRL, unsafe.Pointer(&control)); err != nil {
		c.noKeyFrames = true
		s.notice("key frame", "it cannot be asked for a key frame (%v): who subscribes to its video sees it from its next one on", err)
	}
}
