package control

// #include <linux/videodev2.h>
import "C"

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// usualNames are V4L2's numbers of [media.UsualControls]. Of two controls with one name, a
// device's first one gets it.
var usualNames = []struct {
	id   ID
	name string
}{
	{C.V4L2_CID_BRIGHTNESS, "brightness"},
	{C.V4L2_CID_CONTRAST, "contrast"},
	{C.V4L2_CID_SATURATION, "saturation"},
	{C.V4L2_CID_SHARPNESS, "sharpness"},
	{C.V4L2_CID_GAIN, "gain"},
	{C.V4L2_CID_AUTO_WHITE_BALANCE, "auto_white_balance"},
	{C.V4L2_CID_WHITE_BALANCE_TEMPERATURE, "white_balance"},
	{C.V4L2_CID_EXPOSURE_AUTO, "autoexposure"},
	{C.V4L2_CID_EXPOSURE_ABSOLUTE, "exposure"},
	{C.V4L2_CID_EXPOSURE, "exposure"},
	{C.V4L2_CID_FOCUS_AUTO, "autofocus"},
	{C.V4L2_CID_FOCUS_ABSOLUTE, "focus"},
}

// nameControls returns a name for each control, usb_cam's or one made of the driver's label.
// All are different.
func nameControls(all []Raw) []string {
	names := make([]string, len(all))
	taken := map[string]bool{}
	for _, usual := range usualNames {
		i := slices.IndexFunc(all, func(c Raw) bool { return c.ID == usual.id })
		if i >= 0 && !taken[usual.name] {
			names[i], taken[usual.name] = usual.name, true
		}
	}
	for i := range all {
		if names[i] != "" {
			continue
		}
		base := snakeCase(all[i].Label)
		name := base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		names[i], taken[name] = name, true
	}
	return names
}

var separators = regexp.MustCompile(`[^a-z0-9]+`)

// snakeCase makes a name of a label by v4l2-ctl's rule: "Power Line Frequency"
// is power_line_frequency, and "White Balance, Automatic" white_balance_automatic.
func snakeCase(label string) string {
	name := strings.Trim(separators.ReplaceAllString(strings.ToLower(label), "_"), "_")
	if name == "" || name[0] <= '9' {
		name = "control_" + name // parameters' names must not begin with a digit
	}
	return strings.TrimSuffix(name, "_")
}
