package node

import (
	"fmt"
	"strings"

	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// graphWatcher is a wait set that reports changes of the ROS graph. Upstream's does
// not.
type graphWatcher interface {
	OnGraphChange(n *rclgo.Node, changed func())
}

// duplicateNames counts the other nodes on the ROS graph that have a node's full
// name. Their services answer in turns with its own, and a parameter that is set
// reaches one of them. Only the goroutine of reports uses it.
type duplicateNames struct {
	peers *Peers
	names func() (names, namespaces []string, err error) // on the graph
	own   string                                         // full name
	seen  uint64                                         // change of the graph at the last count
	count int                                            // of other nodes
}

// recount counts anew if the graph has changed. It returns a warning if there are more,
// or a text for the log if the last one has gone; both are empty otherwise.
func (d *duplicateNames) recount() (warning, over string, err error) {
	seen, changed := d.peers.graphSince(d.seen)
	if !changed {
		return "", "", nil
	}
	names, namespaces, err := d.names()
	if err != nil {
		return "", "", err
	}
	d.seen = seen
	count := -1 // the node itself
	for i, name := range names {
		if strings.TrimSuffix(namespaces[i], "/")+"/"+name == d.own {
			count++
		}
	}
	before := d.count
	d.count = max(count, 0)
	switch {
	case d.count > before:
		return d.warning(), "", nil
	case d.count == 0 && before > 0:
		return "", fmt.Sprintf("no other node is called %s any more", d.own), nil
	}
	return "", "", nil
}

// warning describes the conflict and names the cure.
func (d *duplicateNames) warning() string {
	others := "another node on the graph is"
	if d.count > 1 {
		others = fmt.Sprintf("%d other nodes on the graph are", d.count)
	}
	return fmt.Sprintf("%s called %s too: services, parameters and topics of one are mixed up with the other's; "+
		"give it another name, as in -r __node:=front, or namespace, as in -r __ns:=/robot2", others, d.own)
}

// reportDuplicates adds the number of nodes with this one's name to the report, and
// logs when one comes or the last one goes. It runs on the goroutine of reports.
func (b *Base) reportDuplicates(r *Report) {
	warning, over, err := b.duplicates.recount()
	switch {
	case err != nil:
		b.Log.Warn(err)
	case warning != "":
		b.Log.Warn(warning)
	case over != "":
		b.Log.Info(over)
	}
	if b.duplicates.count > 0 {
		r.RaiseLevel(diagnostic_msgs_msg.DiagnosticStatus_WARN, "%s", b.duplicates.warning())
	}
	r.Values.Add("nodes of the same name", "%d", b.duplicates.count)
}
