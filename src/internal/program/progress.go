package program

import (
	"context"
	"time"
)

// EachSecond calls f once a second until ctx ends.
func EachSecond(ctx context.Context, f func()) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f()
		}
	}
}
