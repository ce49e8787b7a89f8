// Lets wait.go declare functions without a body: those of Go's runtime.
