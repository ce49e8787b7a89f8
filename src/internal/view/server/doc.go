// Package server serves the page of av_view, and the streams of a [view.Hub] to it, over
// HTTP and WebSocket.
//
// It answers GET and HEAD of the page's own files, which hold nothing secret, and GET of
// /feed, which needs the token. A request names at most topics that are published already.
// Nothing that comes from the network names a file or a program, or is written to disk.
package server
