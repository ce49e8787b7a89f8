package rclgo

// LiveObjects returns the number of C objects not destroyed yet.
func LiveObjects() int64 { return liveObjects.Load() }

// NewRcutilsError is newRcutilsError.
func NewRcutilsError(rc int, operation string) error {
	return newRcutilsError(rcutilsRet(rc), "%s", operation)
}
