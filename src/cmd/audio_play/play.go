package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
	"av_capture/src/internal/playback"
	"av_capture/src/internal/playback/speaker"
	"av_capture/src/internal/program"
	"av_capture/src/internal/soundsystem"
	"av_capture/src/internal/subscriber"
)

// play plays until the process is asked to end, or no sound has come for as long as --idle
// says.
func (o *options) play(process program.Lifetime, n *subscriber.Node) error {
	ctx := process.Context()
	log := n.Logger()
	noticed := ""
	output := speaker.Config{
		Device:  o.device,
		Backend: soundsystem.Backend(o.backend),
		Buffer:  time.Duration(o.buffer / 2 * float64(time.Second)),
		Notice: func(text string) {
			if text != noticed { // the same once, however often the device is opened
				noticed = text
				log.Warn(text)
			}
		},
	}
	// A wrong name is an error at once; a missing sound system may still come.
	if err := output.Check(ctx); errors.Is(err, media.ErrUnknownDevice) {
		return param.Misconfigured("%w", err)
	}
	player := playback.NewPlayer(playback.Config{
		Open:   output.Open,
		Target: time.Duration(o.buffer * float64(time.Second)),
		Info:   func(text string) { log.Info(text) },
		Error:  func(text string) { log.Error(text) },
	})
	fmt.Fprintf(program.Out, "listening to %s\n", n.Sound.Name)
	listening, end := context.WithCancel(ctx)
	defer end()
	w := &watcher{options: o, player: player, end: end}
	var others sync.WaitGroup
	others.Add(1)
	go func() {
		defer others.Done()
		program.EachSecond(listening, w.progress)
	}()
	var unplayed error
	// Without ctx: buffered sound is played after its end.
	others.Add(1)
	go func() {
		defer others.Done()
		unplayed = player.Run(context.WithoutCancel(ctx))
	}()

	heard := process.Doing("listening to " + n.Sound.Name)
	err := n.Listen(listening, func(b subscriber.Block) error {
		w.heardOne()
		player.Put(playback.Block(b))
		return nil
	})
	heard()
	end()
	player.End()
	played := process.Doing("playing what is left, and closing the loudspeaker")
	over := make(chan struct{})
	go stayAlive(process, player, over)
	others.Wait()
	close(over)
	played()
	w.summary(program.Out)
	return errors.Join(err, unplayed)
}

// stayAlive keeps the process from its end by force while buffered sound is being heard.
func stayAlive(process program.Lifetime, player *playback.Player, over <-chan struct{}) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for played := uint64(0); ; {
		select {
		case <-over:
			return
		case <-ticker.C:
		}
		if now := player.Statistics().Played; now != played {
			played = now
			process.Alive()
		}
	}
}
