// Package inputurl tells paths from URLs among the names of inputs, and lists what FFmpeg may
// read for each.
package inputurl
