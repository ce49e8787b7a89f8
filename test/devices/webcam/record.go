package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// record is the file of what was sent and asked: one JSON object a line, of these kinds:
//
//	plugged, unplugged  port, at
//	setting             interface, alternate, status: the host chose one
//	request             request, control, value, status, at: for probe, commit and controls
//	image stream        format, width, height, interval [ns], at: images begin
//	image               number, instant, began, ended, bytes, fault, flash
//	late                instants, at: so many have passed without an image, as the host took none
//	sound stream        first, rate, channels, at: sound begins with this audio frame
//	sound               first, frames, instant: what was sent in a second, or until the end
//	lost                first, frames: of sound, on command
//	click               instant, sample
//
// Times are CLOCK_MONOTONIC [ns]. An image's instant is that of its capture, before anything of
// it was sent; began and ended are those of sending. An image with a flash and the click of the
// same event have the same instant.
type record struct {
	mu   sync.Mutex
	file *os.File // nil: nothing is recorded
}

// entries are the values of a record, by their names.
type entries map[string]any

// newRecord creates the file; without a path nothing is recorded.
func newRecord(path string) (*record, error) {
	if path == "" {
		return &record{}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("-record: %w", err)
	}
	return &record{file: file}, nil
}

// write writes one record. What can go wrong, as with a full disk, is the reader's to find.
func (r *record) write(kind string, e entries) {
	if r.file == nil {
		return
	}
	e["kind"] = kind
	line, err := json.Marshal(e)
	if err != nil {
		panic(err) // no value is of a type that has no JSON
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = r.file.Write(append(line, '\n'))
}
