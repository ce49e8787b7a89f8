package acquire

// CallCounter is a source that counts its blocking calls into a file, a library or a driver.
// Such calls have no limit of their own: only the count shows whether one hangs.
type CallCounter interface {
	// Calls returns a number that grows by one when a blocking call begins and when it ends:
	// it is odd during a call. Any goroutine may call it while another one is in Run.
	Calls() uint64
}
