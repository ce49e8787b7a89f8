package devices

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"av_capture/src/internal/acquire/v4l2"
)

// printCameras prints cameras. users returns the programs that have a camera open.
func printCameras(w io.Writer, cameras []v4l2.Device, users func(path string) []string) {
	if len(cameras) == 0 {
		fmt.Fprintln(w, "Cameras: none. Plug one in; a container needs it given, as by --device /dev/video0.")
		return
	}
	fmt.Fprintln(w, "Cameras, by what video_device may be:")
	for _, c := range cameras {
		fmt.Fprintf(w, "\n%s  %q\n", c.Path, c.Card)
		own, shared := c.Names(cameras)
		if own = slices.DeleteFunc(own, func(name string) bool { return name == c.Card }); len(own) > 0 {
			printField(w, "or", strings.Join(own, ", "))
		}
		if len(shared) > 0 {
			printField(w, "alike", "other cameras have these names too: "+strings.Join(shared, ", "))
		}
		if c.Problem != nil {
			printField(w, "closed", "it cannot be opened: "+c.Problem.Error())
			continue
		}
		for i, line := range formatLines(c.Formats) {
			printField(w, label("formats", i), line)
		}
		if has := users(c.Path); len(has) > 0 {
			printField(w, "in use", "by "+strings.Join(has, ", "))
		}
	}
}

// label returns the name of a field for its first line, "" for others.
func label(name string, line int) string {
	if line > 0 {
		return ""
	}
	return name
}

// formatLines describes formats. Those of the same sizes share a line.
func formatLines(formats []v4l2.Format) []string {
	var names groupBy[string] // by sizes
	for _, f := range formats {
		names.add(f.FourCC.String(), sizesOf(f))
	}
	if len(formats) == 0 {
		return []string{"it does not tell"}
	}
	return names.each(func(names []string, sizes string) string {
		return strings.Join(names, " ") + ": " + sizes
	})
}

// sizesOf describes a format's sizes, grouped by their rates, as in "640x480, 800x600 at 30, 15 images/s; 1280x720 at 10 images/s".
func sizesOf(f v4l2.Format) string {
	if r := f.Range; r != nil {
		return fmt.Sprintf("%dx%d to %dx%d", r.MinWidth, r.MinHeight, r.MaxWidth, r.MaxHeight)
	}
	if len(f.Sizes) == 0 {
		return "sizes that it does not tell"
	}
	var sizes groupBy[string] // by rates
	for _, s := range f.Sizes {
		var rates []string
		for _, r := range s.FrameRates {
			rates = append(rates, strconv.FormatFloat(r, 'g', 4, 64))
		}
		sizes.add(fmt.Sprintf("%dx%d", s.Width, s.Height), strings.Join(rates, ", "))
	}
	return strings.Join(sizes.each(func(sizes []string, rates string) string {
		if rates == "" {
			return strings.Join(sizes, ", ")
		}
		return strings.Join(sizes, ", ") + " at " + rates + " images/s"
	}), "; ")
}
