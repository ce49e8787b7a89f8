package main

import "sync"

// events are instants at which the camera shows a flash and the microphone hears a click. They
// are multiples of a period of whole images since the device was plugged in, as the instants of
// images are multiples of their interval: so both streams find them without a word between them.
type events struct {
	mu       sync.Mutex
	start    int64 // the device was plugged in
	interval int64 // of images [ns]
	wanted   int64 // period [ns], 0: none
	from     int64 // the first may be now
}

// headStart is the time between a command and the first event [ns]: what either stream has
// under way is sent without one.
const headStart = 200e6

// begin has the device plugged in, with images of 30/s until it is told otherwise.
func (e *events) begin(start int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.start, e.interval = start, 33333300
}

// setInterval takes the interval of images [ns].
func (e *events) setInterval(interval int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.interval = interval
}

// set takes about a period [ns]; 0 for no events.
func (e *events) set(period int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wanted, e.from = period, monotonic()+headStart
}

// wantedNow reports whether there are events: images are dark and sound is silent between them.
func (e *events) wantedNow() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.wanted > 0
}

// next returns the instant of the first event at or after an instant; false if there is none.
func (e *events) next(instant int64) (int64, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.wanted == 0 {
		return 0, false
	}
	images := max(1, (e.wanted+e.interval/2)/e.interval)
	period := images * e.interval
	number := (max(instant, e.from) - e.start + period - 1) / period
	return e.start + number*period, true
}
