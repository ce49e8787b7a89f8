package microphone

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/soundsystem"
)

// buffered is how much sound the sound system is asked to keep while nobody
// takes it: what a stopped or starved process can be late by without a loss.
const buffered = time.Second

// periods is how many periods a second has at least. Of a long one a part may
// stay behind in the device's buffer at each callback, by which everything then
// arrives late, and is stamped so.
const periods = 100

// recorder is a microphone that is open.
type recorder struct {
	stream *soundsystem.Stream
	format acquire.AudioFormat

	mu   sync.Mutex // held during emit; contended only at the beginning and the end of a run
	emit func(acquire.Period)
}

// record finds and opens the device, and tells of a conversion.
func (c Config) record() (r *recorder, notice string, err error) {
	system, device, err := soundsystem.Locate(soundsystem.Microphone, c.Backend, c.Device)
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if err != nil {
			system.Close()
		}
	}()
	system.Claim(device, c.Owner)
	has, err := system.Formats(device, c.SampleRate)
	if err != nil {
		return nil, "", err
	}
	chosen, converted := soundsystem.Negotiate(has, soundsystem.Format{SampleRate: c.SampleRate, Channels: c.Channels, Encoding: c.Encoding})
	if converted && !c.AllowConversion {
		return nil, "", fmt.Errorf("%s cannot give %s without conversion, it has %s; ask for that, or set allow_conversion: %w",
			device, chosen, soundsystem.Describe(has), acquire.ErrUnsupported)
	}
	if device.Backend == soundsystem.JACK && len(has) > 0 && has[0].Channels != chosen.Channels {
		// miniaudio 0.11.23 leaves the channels' positions of JACK empty, and
		// then refuses to mix them with a mere "invalid argument".
		return nil, "", fmt.Errorf("%s has %d channels, which cannot be converted to %d with JACK; set channels to %d or 0: %w",
			device, has[0].Channels, chosen.Channels, has[0].Channels, acquire.ErrUnsupported)
	}
	r = &recorder{}
	rate := chosen.SampleRate
	if rate == 0 {
		rate = 48000
	}
	periodFrames := max(1, min(c.PeriodFrames, rate/periods))
	r.stream, err = system.Open(device, soundsystem.Config{
		Name:         "av_capture",
		Format:       chosen,
		PeriodFrames: periodFrames,
		Periods:      max(3, int(buffered.Seconds()*float64(rate))/periodFrames),
	}, r.arrived)
	if err != nil {
		return nil, "", err
	}
	r.format = r.stream.Format()
	r.format.Native, r.format.Converted = soundsystem.Describe(has), converted
	return r, r.remark(device), nil
}

// remark returns what a user should know of the sound's way here.
func (r *recorder) remark(device soundsystem.Device) string {
	var remarks []string
	if r.format.Converted {
		remarks = append(remarks, fmt.Sprintf("%s has %s; the sound system converts it to %s", device, r.format.Native, r.format))
	}
	if device.Backend == soundsystem.PulseAudio && r.format.Channels > 2 {
		// miniaudio asks for these positions, and malgo lets nobody ask for others.
		remarks = append(remarks, fmt.Sprintf("%s: where the positions of its channels are not those of AIFF, PulseAudio mixes them; with backend alsa each channel is as captured", device))
	}
	return strings.Join(remarks, "; ")
}

// arrived takes what the sound system hands over, on a thread of its own.
func (r *recorder) arrived(_, input []byte, frames int) {
	now := acquire.Monotonic()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.emit != nil && frames > 0 {
		r.emit(acquire.Period{Data: input, Frames: frames, Arrival: now, Overrun: r.stream.Xrun()})
	}
}

// hand sets who gets the periods. After hand(nil) has returned nobody does.
func (r *recorder) hand(emit func(acquire.Period)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.emit = emit
}
