// Package devices prints the devices that are plugged in, for --list-devices. Package
// holder below it names the users of a device.
package devices

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	sounddevice "av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/v4l2"
	"av_capture/src/internal/holder"
)

// soundLimit bounds the time that sound systems have for their answer.
const soundLimit = 10 * time.Second

// Print prints the cameras and microphones with their names for the parameters
// video_device and device, and their formats. It needs no ROS, and blocks while sound
// systems answer, at most for soundLimit or until ctx ends.
func Print(ctx context.Context, w io.Writer) {
	printCameras(w, v4l2.List(), holder.Users)
	fmt.Fprintln(w)
	ctx, cancel := context.WithTimeout(ctx, soundLimit)
	defer cancel()
	printMicrophones(w, sounddevice.Inventory(ctx))
}

// lineWidth bounds the printed lines [characters]; a longer word has a line of its own.
const lineWidth = 100

// printField prints a field of a device, as in "  formats  YUYV …", wrapped at lineWidth
// and indented.
func printField(w io.Writer, name, text string) {
	const column = 11
	line := fmt.Sprintf("  %-*s", column-2, name)
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && len(line)+1+len(word) > lineWidth {
			fmt.Fprintln(w, line)
			line, empty = strings.Repeat(" ", column), true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	fmt.Fprintln(w, line)
}
