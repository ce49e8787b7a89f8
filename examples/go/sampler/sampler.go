package main

import (
	"encoding/binary"
	"log"
	"slices"
	"sync"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	"av_capture/examples/go/program"
	av_capture "av_capture/src/msgs/av_capture/msg"
)

// size is the number of samples that a sampler keeps.
const size = 66000

// sampler keeps the newest samples in a ring, which one goroutine fills; lost ones are 0.
type sampler struct {
	mutex sync.Mutex
	ring  [size]float32 // sample n, channels interleaved, is ring[n % size]
	end   uint64        // the sample after the newest one
}

func (s *sampler) heard(block *av_capture.AudioData, _ *rclgo.MessageInfo, err error) {
	program.Check(err)
	if block.Encoding != "S16LE" {
		log.Fatalf("the sound is %s: set the microphone's sample_format to S16LE", block.Encoding)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	first := block.FirstFrame * uint64(block.Channels)
	if first < s.end { // the microphone's node was started anew
		s.ring, s.end = [size]float32{}, 0
	}
	for s.end = max(s.end, first-min(first, size)); s.end < first; s.end++ {
		s.ring[s.end%size] = 0
	}
	for data := block.Data; len(data) > 1; data = data[2:] {
		s.ring[s.end%size] = float32(int16(binary.LittleEndian.Uint16(data))) / 32768
		s.end++
	}
}

// latest returns a copy of the newest samples, the oldest first.
func (s *sampler) latest() []float32 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	oldest := s.end % size
	return slices.Concat(s.ring[oldest:], s.ring[:oldest])
}
