package node

import (
	"context"
	"runtime"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// executor spins the services and events of one node in a wait set and on a thread
// of its own, so that a callback of one node never delays another node.
type executor struct{ waitSet *rclgo.WaitSet }

func newExecutor(ctx *rclgo.Context) (*executor, error) {
	waitSet, err := ctx.NewWaitSet()
	if err != nil {
		return nil, err
	}
	return &executor{waitSet: waitSet}, nil
}

// serve adds services. Their owner closes them, after run. It must not be called while
// run is running.
func (e *executor) serve(services ...*rclgo.Service) { e.waitSet.AddServices(services...) }

// addEvents adds a publisher's events, where rclgo has events. Any goroutine may call it.
func (e *executor) addEvents(publisher *rclgo.Publisher) {
	if w, ok := any(e.waitSet).(interface{ AddPublishers(...*rclgo.Publisher) }); ok {
		w.AddPublishers(publisher)
	}
}

// dropEvents takes a publisher's events out again. Any goroutine may call it.
func (e *executor) dropEvents(publisher *rclgo.Publisher) {
	if w, ok := any(e.waitSet).(interface{ RemovePublishers(...*rclgo.Publisher) }); ok {
		w.RemovePublishers(publisher)
	}
}

// watch reports changes of the graph, as a node sees it, to peers. It must not be
// called while run is running.
func (e *executor) watch(node *rclgo.Node, peers *Peers) {
	if w, ok := any(e.waitSet).(graphWatcher); ok && peers.watchesGraph() {
		w.OnGraphChange(node, peers.graphChanged)
	}
}

// run calls back until ctx ends, on a thread of its own.
func (e *executor) run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := e.waitSet.Run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (e *executor) close() error { return e.waitSet.Close() }
