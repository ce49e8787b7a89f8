package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// command is one that is given on standard input, by its name and arguments. It has taken
// effect when it is answered.
type command struct {
	arguments string // their names, for errors
	count     int
	run       func(d *device, arguments []string) error
}

// commands by their names:
//
//	plug PORT              into this port of vhci-hcd
//	unplug                 pull the plug
//	sever                  end the connection without a word
//	fault NAME COUNT       do this to the next images: see damage
//	stall CONTROL COUNT    refuse the next requests for a control, for probe or commit
//	dim FACTOR             send only every so many-th image, as in the dark; 1: all
//	freeze ON              send no images
//	narrow ON              have no bandwidth for images: the host sees ENOSPC
//	ppm NUMBER             have the microphone's clock so much faster
//	lose FRAMES            do not send the next audio frames
//	silence ON             send zeros as sound
//	events MILLISECONDS    flash and click in about this period; 0: no longer
//
// ON is 1 or 0. The answer is a JSON object, with a key "error" if the command has failed.
var commands = map[string]command{
	"plug": {"PORT", 1, func(d *device, a []string) error {
		port, err := number(a[0], 0, 7)
		if err != nil {
			return err
		}
		return d.plug(port)
	}},
	"unplug": {"", 0, func(d *device, _ []string) error { return d.unplug() }},
	"sever":  {"", 0, func(d *device, _ []string) error { return d.sever() }},
	"fault": {"NAME COUNT", 2, func(d *device, a []string) error {
		if !slices.Contains(imageFaults, a[0]) {
			return fmt.Errorf("fault %q is none of %s", a[0], strings.Join(imageFaults, ", "))
		}
		return d.setFault(a[0], a[1])
	}},
	"stall": {"CONTROL COUNT", 2, func(d *device, a []string) error {
		names := []string{"probe", "commit"}
		for _, c := range newControls() {
			names = append(names, c.name)
		}
		if !slices.Contains(names, a[0]) {
			return fmt.Errorf("control %q is none of %s", a[0], strings.Join(names, ", "))
		}
		return d.setFault("stall "+a[0], a[1])
	}},
	"dim": {"FACTOR", 1, func(d *device, a []string) error {
		factor, err := number(a[0], 1, 1000)
		if err == nil {
			d.camera.dim.Store(int64(factor))
		}
		return err
	}},
	"freeze":  {"ON", 1, func(d *device, a []string) error { return set(&d.camera.frozen, a[0]) }},
	"narrow":  {"ON", 1, func(d *device, a []string) error { return set(&d.narrow, a[0]) }},
	"silence": {"ON", 1, func(d *device, a []string) error { return set(&d.mic.silent, a[0]) }},
	"ppm": {"NUMBER", 1, func(d *device, a []string) error {
		ppm, err := strconv.ParseFloat(a[0], 64)
		if err != nil || ppm < -10000 || ppm > 10000 {
			return fmt.Errorf("%q is no number from -10000 to 10000", a[0])
		}
		d.mic.ppm.Store(ppm)
		return nil
	}},
	"lose": {"FRAMES", 1, func(d *device, a []string) error {
		frames, err := number(a[0], 0, 1<<30)
		if err == nil {
			d.mic.lose.Add(int64(frames))
		}
		return err
	}},
	"events": {"MILLISECONDS", 1, func(d *device, a []string) error {
		period, err := number(a[0], 0, 60000)
		if err == nil {
			d.events.set(int64(period) * 1e6)
		}
		return err
	}},
}

// obey executes commands, one a line, and answers each, until in ends.
func (d *device) obey(in io.Reader, out io.Writer) error {
	answers := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		answer := map[string]string{}
		if err := d.execute(strings.Fields(lines.Text())); err != nil {
			answer["error"] = err.Error()
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// execute executes one command.
func (d *device) execute(words []string) error {
	if len(words) == 0 {
		return errors.New("a line without a command")
	}
	c, known := commands[words[0]]
	if !known {
		return fmt.Errorf("command %q is unknown", words[0])
	}
	if len(words)-1 != c.count {
		return fmt.Errorf("want %s %s", words[0], c.arguments)
	}
	return c.run(d, words[1:])
}

func (d *device) setFault(name, count string) error {
	n, err := number(count, 0, 1<<30)
	if err == nil {
		d.faults.set(name, n)
	}
	return err
}

// set turns something on or off.
func set(to interface{ Store(bool) }, text string) error {
	on, err := number(text, 0, 1)
	if err == nil {
		to.Store(on == 1)
	}
	return err
}

// number parses one from low to high.
func number(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q is no number from %d to %d", text, low, high)
	}
	return n, nil
}
