package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/webcam"
	"av_capture/src/internal/holder"
)

// soundLimit is how long sound systems may take to answer.
const soundLimit = 10 * time.Second

// listDevices prints the cameras and the microphones that are there, by the
// names that the parameters video_device and device take, and what each can
// give. ROS is not needed for it.
func listDevices(ctx context.Context, w io.Writer) {
	printCameras(w, webcam.List(), holder.Users)
	fmt.Fprintln(w)
	ctx, cancel := context.WithTimeout(ctx, soundLimit)
	defer cancel()
	printMicrophones(w, microphone.Inventory(ctx))
}

// lineWidth is that of what is printed, unless a single word is longer.
const lineWidth = 100

// printField prints what belongs to a device, as in "  formats  YUYV …", in
// lines of lineWidth, those after the first indented.
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
