package main

import "av_capture/src/internal/transport"

// prepareTransport has images go through shared memory that they fit into. It
// never stops us: without it they go as the middleware's default has them go.
func prepareTransport() *transport.Prepared {
	profile, err := transport.Profile()
	if err != nil {
		return &transport.Prepared{Warning: err.Error()}
	}
	prepared, err := transport.Prepare(profile)
	if err != nil {
		prepared.Warning = err.Error()
	}
	return prepared
}
