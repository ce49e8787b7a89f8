package listener

import (
	"context"
	"time"
)

// EachSecond calls tell once a second until ctx ends.
func EachSecond(ctx context.Context, tell func()) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			tell()
		}
	}
}
