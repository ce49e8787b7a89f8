package jpeg

import (
	"runtime"
	"unsafe"
)

// Completer copies JPEG files that lack Huffman tables and adds the tables. Its memory
// is pinned, so that C may read it, and kept from file to file. The zero value is ready.
// One goroutine at a time may use it.
type Completer struct {
	data   []byte
	pinner runtime.Pinner
}

// Complete returns a file that every decoder reads: the file itself where it has
// tables, else a copy, which is valid until the next call.
func (c *Completer) Complete(file File) []byte {
	if !file.TablesMissing {
		return file.Data
	}
	before := unsafe.SliceData(c.data)
	c.data = AppendWithTables(c.data[:0], file)
	if now := unsafe.SliceData(c.data); now != before {
		c.pinner.Unpin()
		c.pinner.Pin(now)
	}
	return c.data
}

// Close frees the memory. The Completer can be used again.
func (c *Completer) Close() {
	c.pinner.Unpin()
	c.data = nil
}
