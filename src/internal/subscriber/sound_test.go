package subscriber

import (
	"testing"
	"time"
)

func TestSoundOfABagIsKnownByItsAge(t *testing.T) {
	stamp := time.Duration(1_700_000_000) * time.Second // by a clock that may be years off
	for _, c := range []struct {
		published time.Time
		bag       bool
	}{
		{time.Unix(0, int64(stamp+time.Millisecond)), false},
		{time.Unix(0, int64(stamp+time.Second)), false}, // a busy machine
		{time.Unix(0, int64(stamp-time.Minute)), false},
		{time.Unix(0, int64(stamp+time.Minute)), true},
		{time.Time{}, false}, // the middleware does not know
	} {
		if got := fromBag(stamp, c.published); got != c.bag {
			t.Errorf("published at %v: from a bag is %t, want %t", c.published, got, c.bag)
		}
	}
}
