package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/listener"
	"av_capture/src/internal/playback"
	"av_capture/src/internal/playback/speaker"
	"av_capture/src/internal/soundsystem"
)

// run plays until ctx ends, or until nothing has come for as long as was asked.
func (o *options) run(ctx context.Context, n *listener.Node) error {
	if err := o.check(); err != nil {
		return err
	}
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
	// A name that is wrong is said at once. A sound system that is not there may
	// still come.
	if err := output.Check(ctx); errors.Is(err, acquire.ErrUnknownDevice) {
		return listener.Usagef("%w", err)
	}
	player := playback.NewPlayer(playback.Config{
		Open:   output.Open,
		Target: time.Duration(o.buffer * float64(time.Second)),
		Info:   func(text string) { log.Info(text) },
		Error:  func(text string) { log.Error(text) },
	})
	fmt.Printf("listening to %s\n", n.Topic)
	listening, end := context.WithCancel(ctx)
	defer end()
	w := &watcher{options: o, player: player, end: end}
	var others sync.WaitGroup
	others.Go(func() { listener.EachSecond(listening, w.progress) })
	var unplayed error
	// Not ctx: what is there when it ends is played.
	others.Go(func() { unplayed = player.Run(context.WithoutCancel(ctx)) })

	err := n.Listen(listening, func(b listener.Block) error {
		w.heardOne()
		player.Put(playback.Block(b))
		return nil
	})
	end()
	player.End()
	others.Wait()
	w.tell(os.Stdout)
	return errors.Join(err, unplayed)
}
