// Package access judges the names of files and URLs in requests at run time by the owner's
// lists at start: anybody on the ROS graph may send a request, and none may widen the reach of
// the process.
//
// A [List] holds files, folders and URLs. Links are followed before a path is judged; the path
// returned has none, and is the one to open. A refusal reads the same whether the file exists
// or not, since strangers read it.
//
// [Masked] masks passwords in texts that strangers read.
package access
