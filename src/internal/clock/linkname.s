// Lets monotonic.go declare a function without a body: one of Go's runtime.
