// Webcam is a USB webcam with a microphone, in software: it plugs itself into a port of this
// machine's vhci-hcd (USB/IP), and the kernel's own drivers uvcvideo and snd-usb-audio take it
// for a device. See -help for what it can be, commands.go for what it does on command.
//
// The data's way: the host's requests come in by bus.go, in the frames of usbip.go. Those on
// endpoint 0 go to requests.go, which answers from descriptors.go, controls.go and
// negotiation.go and begins and ends the streams. Images come from pictures.go, are damaged by
// faults.go and sent by video.go. Samples come from samples.go, as many as clock.go says, and
// are sent by audio.go. events.go has the instants at which both show the same event. Whatever
// was sent or asked is recorded by record.go.
//
// All instants are CLOCK_MONOTONIC [ns], the clock that the drivers stamp with.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "webcam:", err)
		os.Exit(1)
	}
}

// run is the program: it obeys standard input until that ends, which unplugs the device.
func run(arguments []string) error {
	if len(arguments) == 2 && arguments[0] == "pictures" {
		return writePictures(arguments[1])
	}
	o, err := parseOptions(arguments)
	if err != nil {
		return err
	}
	d, err := newDevice(o)
	if err != nil {
		return err
	}
	return d.obey(os.Stdin, os.Stdout)
}

// options are the properties of the device that never change.
type options struct {
	vendor, product  int
	manufacturer     string
	name             string
	serial           string // none if empty
	uvc              int    // version of USB Video Class, binary coded decimal
	bulk             bool   // images by a bulk endpoint, else isochronous
	payload          int    // of a bulk endpoint [bytes]
	clock            bool   // image payloads have PTS and SCR
	formats          []format
	sampleRate       int // [Hz]
	channels         int
	ppm              float64 // by which the microphone's clock is fast
	batch            int     // sound that is sent at once [ms]
	pictures, record string  // paths: a folder, a file
	video            string  // path of a file
}

// parseOptions parses the command line.
func parseOptions(arguments []string) (options, error) {
	var o options
	var formats, sizes, rates, version string
	flags := flag.NewFlagSet("webcam", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), "webcam pictures FOLDER   writes the pictures that the camera shows\n"+
			"webcam [OPTIONS]         is a webcam that obeys commands on standard input\n")
		flags.PrintDefaults()
	}
	flags.IntVar(&o.vendor, "vendor", 0x1209, "idVendor")
	flags.IntVar(&o.product, "product", 0x0001, "idProduct")
	flags.StringVar(&o.manufacturer, "manufacturer", "Acme", "iManufacturer")
	flags.StringVar(&o.name, "name", "Acme Webcam", "iProduct")
	flags.StringVar(&o.serial, "serial", "0001", "iSerialNumber; empty: none")
	flags.StringVar(&version, "uvc", "1.0", "version of USB Video Class: 1.0 or 1.1")
	flags.BoolVar(&o.bulk, "bulk", false, "send images by a bulk endpoint")
	flags.IntVar(&o.payload, "payload", 16384, "payload of a bulk endpoint [bytes]")
	flags.BoolVar(&o.clock, "clock", false, "send PTS and SCR with the images")
	flags.StringVar(&formats, "formats", "mjpeg,yuyv", "formats of images: mjpeg, yuyv, h264")
	flags.StringVar(&sizes, "sizes", "640x480,320x240,1280x720,1920x1080", "sizes of images; yuyv has those of up to 1280x720")
	flags.StringVar(&rates, "rates", "30,15,5", "images per second")
	flags.IntVar(&o.sampleRate, "sample-rate", 48000, "audio frames per second")
	flags.IntVar(&o.channels, "channels", 1, "of the microphone: 1 or 2")
	flags.Float64Var(&o.ppm, "ppm", 0, "by which the microphone's clock is fast")
	flags.IntVar(&o.batch, "batch", 4, "sound that is sent at once [ms], 1 to 8")
	flags.StringVar(&o.pictures, "pictures", "build/webcam_pictures", "folder that `webcam pictures` has written")
	flags.StringVar(&o.video, "video", "", "file of H.264 with access unit delimiters, which the format h264 plays again and again; empty: none that a decoder takes")
	flags.StringVar(&o.record, "record", "", "file for the record of what was sent")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no option", flags.Arg(0))
	}
	switch version {
	case "1.0":
		o.uvc = 0x0100
	case "1.1":
		o.uvc = 0x0110
	default:
		return o, fmt.Errorf("-uvc is %q, want 1.0 or 1.1", version)
	}
	switch {
	case o.channels < 1 || o.channels > 2:
		return o, fmt.Errorf("-channels is %d, want 1 or 2", o.channels)
	case o.sampleRate < 8000 || o.sampleRate > 96000:
		return o, fmt.Errorf("-sample-rate is %d, want 8000 to 96000", o.sampleRate)
	case o.batch < 1 || o.batch > 8:
		return o, fmt.Errorf("-batch is %d, want 1 to 8: the host waits for 12 ms at most", o.batch)
	case o.payload < 512 || o.payload > 32*512 || o.payload%512 != 0:
		return o, fmt.Errorf("-payload is %d, want a multiple of 512 up to 16384: uvcvideo's longest transfer", o.payload)
	}
	var err error
	o.formats, err = parseFormats(formats, sizes, rates)
	return o, err
}

// parseFormats makes formats of their names, of sizes and of rates, all separated by commas.
func parseFormats(names, sizes, rates string) ([]format, error) {
	var all []size
	for text := range strings.SplitSeq(sizes, ",") {
		width, height, _ := strings.Cut(text, "x")
		w, errW := strconv.Atoi(width)
		h, errH := strconv.Atoi(height)
		if errW != nil || errH != nil || w <= 0 || h <= 0 || w%16 != 0 || h%8 != 0 {
			return nil, fmt.Errorf("-sizes has %q, want WIDTHxHEIGHT, multiples of 16 and 8", text)
		}
		all = append(all, size{w, h})
	}
	var intervals []uint32
	for text := range strings.SplitSeq(rates, ",") {
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil || rate < 1 || rate > 240 {
			return nil, fmt.Errorf("-rates has %q, want 1 to 240 images per second", text)
		}
		intervals = append(intervals, uint32(1e7/rate))
	}
	var formats []format
	for name := range strings.SplitSeq(names, ",") {
		f := format{name: name, intervals: intervals}
		for _, s := range all {
			if name != yuyv || s.width <= 1280 {
				f.sizes = append(f.sizes, s)
			}
		}
		if name != mjpeg && name != yuyv && name != h264 {
			return nil, fmt.Errorf("-formats has %q, want some of mjpeg, yuyv, h264", name)
		}
		if len(f.sizes) == 0 {
			return nil, fmt.Errorf("-sizes %s has none for %s", sizes, name)
		}
		formats = append(formats, f)
	}
	return formats, nil
}
