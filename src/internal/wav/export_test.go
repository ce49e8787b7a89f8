package wav

// NewWriterWithLimit is NewWriter with another length up to which the file is a
// RIFF file.
var NewWriterWithLimit = newWriter
