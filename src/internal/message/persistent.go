package message

import (
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// persistent is embedded in each message of this package: it makes the message its own
// type support, with one C struct for the life of a publisher.
type persistent struct {
	self interface { // the message that this is part of
		types.Message
		types.MessageTypeSupport
	}
	memory unsafe.Pointer // its C struct
}

// CloneMsg returns the message itself: there is one to a publisher.
func (p *persistent) CloneMsg() types.Message { return p.self }

// New returns the message itself: there is one to a publisher.
func (p *persistent) New() types.Message { return p.self }

// GetTypeSupport returns the message, which is its own type support.
func (p *persistent) GetTypeSupport() types.MessageTypeSupport { return p.self }

// PrepareMemory returns the one C struct that serves every publish.
func (p *persistent) PrepareMemory() unsafe.Pointer { return p.memory }

// AsGoStruct panics: these messages are for publishing only.
func (p *persistent) AsGoStruct(types.Message, unsafe.Pointer) {
	panic("message: this type is for publishing only")
}
