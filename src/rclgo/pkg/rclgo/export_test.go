package rclgo

// LiveObjects returns how many C objects there are that belong to something.
func LiveObjects() int64 { return liveObjects.Load() }
