package playback

// Counts are totals of a stream, in audio frames but for Underruns.
type Counts struct {
	Played    uint64 // by the device, with silence in place of missing sound
	Missing   uint64 // never came; played as silence
	Shortened uint64 // of Missing, left out beyond the longest silence
	Underruns uint64 // number of times that sound came too late
	Late      uint64 // silence during underruns
	Dropped   uint64 // single frames, as the device's clock is slower
	Repeated  uint64 // single frames, as the device's clock is faster
	Skipped   uint64 // came too early, or without a device
}

// add adds the counts of another stream.
func (c *Counts) add(other Counts) {
	c.Played += other.Played
	c.Missing += other.Missing
	c.Shortened += other.Shortened
	c.Underruns += other.Underruns
	c.Late += other.Late
	c.Dropped += other.Dropped
	c.Repeated += other.Repeated
	c.Skipped += other.Skipped
}
