package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/film"
	"av_capture/src/internal/film/topics"
	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/subscriber"
)

// settle is the time in which further cameras and microphones are looked for, when the first
// one is known and none is named.
const settle = time.Second

// save saves until the process is asked to end, or until --duration or --idle ends it.
func (o *options) save(process program.Lifetime, n *subscriber.Base) error {
	wanted := topics.Config{Images: o.images, Sound: o.sound, Compressed: o.video == film.Copy}
	if err := wanted.Check(n); err != nil {
		return param.Misconfigured("%w", err)
	}
	config := film.Config{
		Path: o.flags.Arg(0), Video: o.video, Audio: o.audio, Device: o.device, Options: o.ffmpeg,
		Duration: seconds(o.duration), Split: seconds(o.split), Refuse: o.gaps == "refuse", Lossless: o.lossless,
		Overwrite: o.overwrite, Buffer: o.buffer << 20, Wait: seconds(o.wait),
		Say:    func(text string) { fmt.Fprintln(program.Out, text) },
		Notice: func(text string) { n.Logger().Warn(text) },
	}
	if len(o.images)+len(o.sound) == 0 {
		config.Settle = settle
	}
	recorder, err := film.New(process.Context(), config)
	if err != nil {
		return param.Misconfigured("%w", err)
	}
	ctx, cancel := context.WithCancel(process.Context())
	defer cancel()
	fmt.Fprintf(program.Out, "listening, saving to %s\n", recorder.Path())

	var others sync.WaitGroup
	var unsaved error
	others.Add(1)
	go func() {
		defer others.Done()
		defer cancel()
		unsaved = recorder.Run(process.Alive)
	}()
	w := &watcher{recorder: recorder, idle: seconds(o.idle), end: cancel}
	others.Add(1)
	go func() {
		defer others.Done()
		program.EachSecond(ctx, w.progress)
	}()

	heard := process.Doing("listening")
	err = topics.New(n, recorder, wanted).Run(ctx)
	heard()
	defer process.Doing("finishing " + recorder.Path())()
	cancel()
	recorder.Close()
	others.Wait()
	w.summary()
	return errors.Join(err, unsaved)
}
