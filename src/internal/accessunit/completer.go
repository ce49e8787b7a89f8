package accessunit

// maxSets bounds the parameter sets that are kept of each kind [bytes]; ordinary ones have
// some ten.
const maxSets = 32 << 10

// Completer gives each key frame its parameter sets: some encoders send them once, or in a
// buffer of their own. One goroutine uses it.
type Completer struct {
	codec  string
	sets   [kinds][]byte // the newest of each kind, with their start codes
	buffer []byte
}

// NewCompleter returns a completer of units of a codec.
func NewCompleter(codec string) *Completer { return &Completer{codec: codec} }

// Complete returns a unit with all that a decoder needs to begin with it, if it is a key
// frame: data itself mostly, else memory that is valid until the next call. It returns nil for
// a unit without an image, of which it keeps the parameter sets.
func (c *Completer) Complete(data []byte) ([]byte, Info, error) {
	info, err := Inspect(c.codec, data)
	if err != nil {
		return nil, info, err
	}
	c.keep(data)
	switch {
	case !info.Picture:
		return nil, info, nil
	case !info.Key || info.Parameters:
		return data, info, nil
	}
	c.buffer = c.buffer[:0]
	for kind := videoParameters; kind <= pictureParameters; kind++ {
		c.buffer = append(c.buffer, c.sets[kind]...)
	}
	info.Parameters = c.complete()
	c.buffer = append(c.buffer, data...)
	return c.buffer, info, nil
}

// keep keeps the parameter sets of a unit.
func (c *Completer) keep(data []byte) {
	var seen [kinds]bool
	for unit := range units(data) {
		kind := kindOf(c.codec, unit[len(startCode)])
		if kind < videoParameters {
			continue
		}
		if !seen[kind] {
			seen[kind], c.sets[kind] = true, c.sets[kind][:0]
		}
		if len(c.sets[kind])+len(unit) < maxSets {
			c.sets[kind] = append(append(c.sets[kind], 0), unit...)
		}
	}
}

// complete reports whether all kinds of parameter sets have been kept.
func (c *Completer) complete() bool {
	return len(c.sets[sequenceParameters]) > 0 && len(c.sets[pictureParameters]) > 0 &&
		(c.codec == H264 || len(c.sets[videoParameters]) > 0)
}
