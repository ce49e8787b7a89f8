package topics

import (
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// respite is the silence of a publisher after which another one is shown.
const respite = time.Second

// firstPublisher chooses among several publishers of a topic the one that came first, until
// it is silent. With middlewares that do not tell publishers apart all are shown. One
// goroutine uses it.
type firstPublisher struct {
	kept  rclgo.GID // zero before the first message
	heard time.Time // arrival of its newest message
}

// hears reports whether a message of a publisher is shown.
func (f *firstPublisher) hears(publisher rclgo.GID, now time.Time) bool {
	if publisher != f.kept && now.Sub(f.heard) < respite {
		return false
	}
	f.kept, f.heard = publisher, now
	return true
}
