package wav

// NewWriterWithLimit is NewWriter with another largest length of a RIFF file.
var NewWriterWithLimit = newWriter

// Committed returns the number of audio frames in the header.
func (w *Writer) Committed() uint64 { return uint64(w.committed) / uint64(w.format.FrameSize()) }
