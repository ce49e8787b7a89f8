package soundsystem

// #include <sys/ioctl.h>
//
// #include <sound/asound.h>
import "C"

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/holder"
)

// card is one device of a sound card, as the kernel numbers both. miniaudio asks
// a card by way of the plug-in dsnoop or dmix, whose answer is its own, so the
// kernel itself is asked.
type card struct {
	kind           Kind
	number, device int
}

// cardOf returns the card that an ID of ALSA's such as "hw:1,0" means.
func cardOf(d Device) (c card, ok bool) {
	if d.Backend != ALSA {
		return card{}, false
	}
	c.kind = d.Kind
	n, _ := fmt.Sscanf(d.ID, "hw:%d,%d", &c.number, &c.device)
	return c, n == 2
}

// path returns the node of the device.
func (c card) path() string {
	return fmt.Sprintf("/dev/snd/pcmC%dD%d%c", c.number, c.device, c.kind.suffix())
}

// The rates that cards are asked for, those that people want most first.
var commonRates = []int{
	48000, 44100, 16000, 32000, 96000, 88200, 24000, 22050, 8000, 11025, 12000, 64000, 176400, 192000, 352800, 384000,
}

// The kernel's names of our encodings, those that people want most first.
var kernelEncodings = []struct {
	encoding acquire.SampleFormat
	number   int
}{
	{acquire.S16LE, C.SNDRV_PCM_FORMAT_S16_LE},
	{acquire.S32LE, C.SNDRV_PCM_FORMAT_S32_LE},
	{acquire.S24LE, C.SNDRV_PCM_FORMAT_S24_3LE},
	{acquire.F32LE, C.SNDRV_PCM_FORMAT_FLOAT_LE},
	{acquire.U8, C.SNDRV_PCM_FORMAT_U8},
}

// formats asks which formats the card has without anybody's conversion. Among
// the rates are those of commonRates and the wanted one. It opens the card for
// a moment and neither waits nor starts it. An error says to owner who has it.
func (c card) formats(wantedRate int, owner string) ([]Format, error) {
	path := c.path()
	fd, err := openCard(path, c.kind.mode())
	switch {
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EAGAIN):
		return nil, fmt.Errorf("open %s: %s: %w", path, holder.OfSound(path, owner), acquire.ErrBusy)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf(`open %s: %w; add the user to the group that owns it, mostly "audio"`, path, err)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w: %w", path, err, acquire.ErrAbsent)
	}
	defer unix.Close(fd)

	rates := commonRates
	if wantedRate > 0 && !slices.Contains(rates, wantedRate) {
		rates = append([]int{wantedRate}, rates...)
	}
	var formats []Format
	for _, e := range kernelEncodings {
		for channels := 1; channels <= MaxChannels; channels++ {
			if !refines(fd, e.number, channels, 0) {
				continue
			}
			for _, rate := range rates {
				if refines(fd, e.number, channels, rate) {
					formats = append(formats, Format{SampleRate: rate, Channels: channels, Encoding: e.encoding})
				}
			}
		}
	}
	return formats, nil
}

// openCard opens a device without waiting for who has it.
func openCard(path string, mode int) (int, error) {
	for {
		fd, err := unix.Open(path, mode|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// refines says whether a card has a configuration with this format (as the
// kernel numbers it), channels and rate [Hz]; a rate of 0 means any.
func refines(fd, format, channels, rate int) bool {
	const (
		firstMask     = C.SNDRV_PCM_HW_PARAM_FIRST_MASK
		firstInterval = C.SNDRV_PCM_HW_PARAM_FIRST_INTERVAL
	)
	// Everything is allowed, and then less.
	var p C.struct_snd_pcm_hw_params
	for i := range p.masks {
		for j := range p.masks[i].bits {
			p.masks[i].bits[j] = ^C.__u32(0)
		}
	}
	for i := range p.intervals {
		p.intervals[i].max = ^C.uint(0)
	}
	p.rmask = ^C.uint(0)
	mask := &p.masks[C.SNDRV_PCM_HW_PARAM_FORMAT-firstMask]
	clear(mask.bits[:])
	mask.bits[format/32] = 1 << (format % 32)
	exactly := func(parameter, value int) {
		interval := &p.intervals[parameter-firstInterval]
		interval.min, interval.max = C.uint(value), C.uint(value)
	}
	exactly(C.SNDRV_PCM_HW_PARAM_CHANNELS, channels)
	if rate > 0 {
		exactly(C.SNDRV_PCM_HW_PARAM_RATE, rate)
	}
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), C.SNDRV_PCM_IOCTL_HW_REFINE, uintptr(unsafe.Pointer(&p)))
		if errno != unix.EINTR {
			return errno == 0
		}
	}
}
