// Command program is the Go side of the round-trip tests. It sends back the
// messages that it receives, answers requests, and obeys the lines of JSON on
// its standard input. Its reports go to its standard output, one line of JSON
// each. It ends when its input does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/typemap"

	"rclgo_test/program/canonical"
)

// resend is the time after which a request is repeated, and patience that after
// which a command fails.
const (
	resend   = 2 * time.Second
	patience = time.Minute
)

// program is the node and what it can do, by the names of types.
type program struct {
	node    *rclgo.Node
	publish map[string]func(ctx context.Context, fill func(any) error) error
	call    map[string]func(ctx context.Context, fill func(any) error) (any, error)

	mu     sync.Mutex
	output *json.Encoder // guarded by mu
}

// command is a line of input.
type command struct {
	ID      int
	Command string          // "constants", "defaults", "publish" or "call"
	Type    string          // a name without package; for defaults, in full
	Message json.RawMessage // canonical
}

// line is a line of output. Answers have the ID of their command, reports have
// none.
type line struct {
	ID      int    `json:",omitempty"`
	Report  string `json:",omitempty"`
	Type    string `json:",omitempty"`
	Message any
	Error   string `json:",omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "program:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	if err := rclgo.Init(nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rclgo.Uninit()) }()
	node, err := rclgo.NewNode("program", "")
	if err != nil {
		return err
	}
	p := &program{
		node:    node,
		publish: map[string]func(context.Context, func(any) error) error{},
		call:    map[string]func(context.Context, func(any) error) (any, error){},
		output:  json.NewEncoder(os.Stdout),
	}
	if err := serveAll(p); err != nil {
		return err
	}

	ctx, cancel := context.WithCancel(context.Background())
	spun := make(chan error, 1)
	go func() { spun <- rclgo.Spin(ctx) }()
	p.print(line{Report: "ready"})
	err = p.obey()
	cancel()
	if e := <-spun; !errors.Is(e, context.Canceled) {
		err = errors.Join(err, e)
	}
	return err
}

// obey carries out the commands of the standard input until it ends.
func (p *program) obey() error {
	input := bufio.NewReader(os.Stdin)
	decoder := json.NewDecoder(input)
	for decoder.More() {
		var c command
		if err := decoder.Decode(&c); err != nil {
			return err
		}
		answer, err := p.do(c)
		if err != nil {
			p.print(line{ID: c.ID, Error: err.Error()})
		} else {
			p.print(line{ID: c.ID, Message: answer})
		}
	}
	return nil
}

func (p *program) do(c command) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	fill := func(message any) error { return canonical.Set(message, c.Message) }
	switch c.Command {
	case "constants":
		return canonical.Of(constants[c.Type]), nil
	case "defaults":
		ts, ok := typemap.GetMessage(c.Type)
		if !ok {
			return nil, fmt.Errorf("no type %s", c.Type)
		}
		return canonical.Of(ts.New()), nil
	case "publish":
		return nil, p.publish[c.Type](ctx, fill)
	case "call":
		response, err := p.call[c.Type](ctx, fill)
		if err != nil {
			return nil, err
		}
		return canonical.Of(response), nil
	}
	return nil, fmt.Errorf("no command %q", c.Command)
}

// report says that message came in.
func (p *program) report(what, name string, message any) {
	p.print(line{Report: what, Type: name, Message: canonical.Of(message)})
}

// fail reports an error of a callback.
func (p *program) fail(err error) {
	p.print(line{Report: "failed", Error: err.Error()})
}

func (p *program) print(l line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.output.Encode(l); err != nil {
		panic(err) // nobody reads any more
	}
}

// waitUntil calls condition until it holds, and returns its error, or that of
// ctx.
func waitUntil(ctx context.Context, condition func() (bool, error)) error {
	for {
		ok, err := condition()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
