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

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

// card is one device of a sound card, by the kernel's numbers. The kernel is asked for its
// formats, as miniaudio asks the plug-in dsnoop or dmix, which has formats of its own.
type card struct {
	kind           Kind
	number, device int
}

// cardOf returns the card of an ALSA ID such as "hw:1,0".
func cardOf(d Device) (c card, ok bool) {
	if d.Backend != ALSA {
		return card{}, false
	}
	c.kind = d.Kind
	n, _ := fmt.Sscanf(d.ID, "hw:%d,%d", &c.number, &c.device)
	return c, n == 2
}

// path returns the device node.
func (c card) path() string {
	return fmt.Sprintf("/dev/snd/pcmC%dD%d%c", c.number, c.device, c.kind.suffix())
}

// commonRates are the rates that cards are asked for, the most common first [Hz].
var commonRates = []int{
	48000, 44100, 16000, 32000, 96000, 88200, 24000, 22050, 8000, 11025, 12000, 64000, 176400, 192000, 352800, 384000,
}

// kernelEncodings are the kernel's numbers of our encodings, the most common first.
var kernelEncodings = []struct {
	encoding media.SampleFormat
	number   int
}{
	{media.S16LE, C.SNDRV_PCM_FORMAT_S16_LE},
	{media.S32LE, C.SNDRV_PCM_FORMAT_S32_LE},
	{media.S24LE, C.SNDRV_PCM_FORMAT_S24_3LE},
	{media.F32LE, C.SNDRV_PCM_FORMAT_FLOAT_LE},
	{media.U8, C.SNDRV_PCM_FORMAT_U8},
}

// formats returns the card's formats without conversion, at the rates of commonRates and the
// wanted one [Hz]. It opens the card for a moment, and neither waits nor starts it. The error
// of a busy card names its user to owner.
func (c card) formats(wantedRate int, owner string) ([]Format, error) {
	path := c.path()
	fd, err := openCard(path, c.kind.mode())
	switch {
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EAGAIN):
		return nil, fmt.Errorf("open %s: %s: %w", path, holder.OfSound(path, owner), media.ErrBusy)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf(`open %s: %w; add the user to the group that owns it, mostly "audio"`, path, err)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w: %w", path, err, media.ErrAbsent)
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

// openCard opens a device without waiting for its user.
func openCard(path string, mode int) (int, error) {
	for {
		fd, err := unix.Open(path, mode|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// refines reports whether a card has a configuration with this format (the kernel's number),
// channels and rate [Hz]; a rate of 0 means any.
func refines(fd, format, channels, rate int) bool {
	const (
		firstMask     = C.SNDRV_PCM_HW_PARAM_FIRST_MASK
		firstInterval = C.SNDRV_PCM_HW_PARAM_FIRST_INTERVAL
	)
	// The request begins with all configurations, and is then restricted.
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
