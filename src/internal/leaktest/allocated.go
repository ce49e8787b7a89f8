package leaktest

import "runtime/metrics"

// Allocated returns the memory of Go's heap that is allocated while f runs [bytes]. All
// goroutines count; memory that is freed meanwhile counts too.
func Allocated(f func()) uint64 {
	before := allocations()
	f()
	return allocations() - before
}

// allocations returns the memory that this process has allocated of Go's heap so far
// [bytes].
func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
