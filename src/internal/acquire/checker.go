package acquire

// Checker is a source that finds out from its configuration alone whether Open must fail.
type Checker interface {
	// Check returns the error of a configuration that no Open can succeed with, or nil.
	Check() error
}
