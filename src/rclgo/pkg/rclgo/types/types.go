// Package types holds the interfaces between the client library and generated
// bindings of ROS interfaces.
package types

import "unsafe"

// Message is a ROS message as a Go value. Generated message types implement
// it by pointer.
type Message interface {
	// CloneMsg returns a deep copy.
	CloneMsg() Message

	// SetDefaults gives every field the default of the interface definition,
	// or the zero value where it has none.
	SetDefaults()

	// GetTypeSupport returns the type support of the message's type.
	GetTypeSupport() MessageTypeSupport
}

// MessageTypeSupport converts messages of one type between Go and the C struct
// that rosidl generates for it.
//
// An application may have type supports of its own, one whose AsCStruct points
// a sequence at existing memory, say. For one publish the library calls
// PrepareMemory, AsCStruct, rcl_publish and ReleaseMemory, in this order and
// from one goroutine, and needs nothing of the C struct thereafter. Calls for
// different messages may come from different goroutines at once.
//
// Memory that AsCStruct stores in the C struct must be C's, or pinned.
type MessageTypeSupport interface {
	// New returns a new message with its defaults set.
	New() Message

	// PrepareMemory returns an initialised C struct. The caller gives it back
	// with ReleaseMemory.
	PrepareMemory() unsafe.Pointer

	// ReleaseMemory frees a C struct of PrepareMemory and all that it owns.
	ReleaseMemory(p unsafe.Pointer)

	// AsCStruct copies src into the initialised C struct dst.
	AsCStruct(dst unsafe.Pointer, src Message)

	// AsGoStruct copies the C struct src into dst, which shares no memory with
	// it afterwards.
	AsGoStruct(dst Message, src unsafe.Pointer)

	// TypeSupport returns a *C.rosidl_message_type_support_t.
	TypeSupport() unsafe.Pointer
}

// ServiceTypeSupport describes a service type.
type ServiceTypeSupport interface {
	// Request returns the type support of requests.
	Request() MessageTypeSupport

	// Response returns the type support of responses.
	Response() MessageTypeSupport

	// TypeSupport returns a *C.rosidl_service_type_support_t.
	TypeSupport() unsafe.Pointer
}
