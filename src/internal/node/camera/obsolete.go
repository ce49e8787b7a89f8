package camera

import "av_capture/src/internal/param"

// obsolete are usb_cam's parameters that the camera lacks.
var obsolete = param.WithObsolete(map[string]func(param.Value) string{
	"io_method": func(v param.Value) string {
		if v.Equal(param.String("mmap")) {
			return ""
		}
		return "images are always taken from the driver's own memory, which usb_cam calls mmap"
	},
	"av_device_format":  needless, // a JPEG says itself how its colours are sampled
	"skip_device_check": needless, // a device that is not listed is opened all the same
})

func needless(param.Value) string { return "" }
