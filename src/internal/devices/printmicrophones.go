package devices

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

// printMicrophones prints the microphones of each sound system.
func printMicrophones(w io.Writer, systems []soundsystem.Inventory) {
	var silent []string // systems without microphones, and why
	found := false
	for _, system := range systems {
		if len(system.Offers) == 0 {
			why := "no microphone"
			if system.Problem != nil {
				why = system.Problem.Error()
			}
			silent = append(silent, fmt.Sprintf("%s: %s", system.Backend, why))
			continue
		}
		if !found {
			fmt.Fprintln(w, "Microphones, by what device may be:")
			found = true
		}
		for _, offer := range system.Offers {
			printMicrophone(w, offer)
		}
	}
	if !found {
		fmt.Fprintln(w, "Microphones: none. Plug one in, or start the sound server (PulseAudio, or PipeWire with pipewire-pulse).")
	} else if len(silent) > 0 {
		fmt.Fprintln(w)
	}
	for _, line := range silent {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// printMicrophone prints one microphone.
func printMicrophone(w io.Writer, offer soundsystem.Offer) {
	mark := ""
	if offer.Default {
		mark = ", the default"
	}
	fmt.Fprintf(w, "\n%q  (backend %s%s)\n", offer.Name, offer.Backend, mark)
	names := offer.ID
	if lasting := offer.Lasting(); lasting != offer.ID {
		names += " or " + lasting
	}
	if offer.Port != "" {
		names += " or " + offer.Port
	}
	if names != "" {
		printField(w, "or", names)
	}
	if offer.Problem != nil {
		printField(w, "closed", "it cannot be opened: "+offer.Problem.Error())
		return
	}
	for i, line := range soundLines(offer.Formats) {
		printField(w, label("formats", i), line)
	}
}

// soundLines describes formats, of which a sound card has hundreds. Encodings with the
// same channels and rates share a line.
func soundLines(formats []soundsystem.Format) []string {
	if len(formats) == 0 {
		return []string{"it does not tell"}
	}
	var encodings []media.SampleFormat
	rates := map[media.SampleFormat]map[int][]int{} // [Hz] by encoding and channels
	for _, f := range formats {
		if rates[f.Encoding] == nil {
			encodings = append(encodings, f.Encoding)
			rates[f.Encoding] = map[int][]int{}
		}
		rates[f.Encoding][f.Channels] = append(rates[f.Encoding][f.Channels], f.SampleRate)
	}
	var names groupBy[string] // by channels and rates
	for _, encoding := range encodings {
		var channels groupBy[int] // by rates
		for _, number := range slices.Sorted(maps.Keys(rates[encoding])) {
			channels.add(number, rateWords(rates[encoding][number]))
		}
		name := string(encoding)
		if name == "" {
			name = "another encoding"
		}
		names.add(name, strings.Join(channels.each(func(channels []int, rates string) string {
			return channelWords(channels) + " at " + rates
		}), "; "))
	}
	return names.each(func(names []string, rest string) string {
		return strings.Join(names, " ") + ": " + rest
	})
}

// rateWords describes rates [Hz], as in "44100, 48000 Hz"; 0 means any.
func rateWords(rates []int) string {
	if slices.Contains(rates, 0) {
		return "any rate"
	}
	var words []string
	for _, rate := range slices.Sorted(slices.Values(rates)) {
		words = append(words, strconv.Itoa(rate))
	}
	return strings.Join(words, ", ") + " Hz"
}

// channelWords describes numbers of channels in ascending order, as in "1 to 4,
// 8 channels"; 0 means any.
func channelWords(channels []int) string {
	switch {
	case channels[0] == 0:
		return "any channels"
	case len(channels) == 1 && channels[0] == 1:
		return "1 channel"
	}
	var runs []string
	for i := 0; i < len(channels); {
		end := i
		for end+1 < len(channels) && channels[end+1] == channels[end]+1 {
			end++
		}
		if end == i+1 {
			end = i // two are written as such
		}
		run := strconv.Itoa(channels[i])
		if end > i {
			run += " to " + strconv.Itoa(channels[end])
		}
		runs = append(runs, run)
		i = end + 1
	}
	return strings.Join(runs, ", ") + " channels"
}
