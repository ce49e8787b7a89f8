package rclgo_test

import (
	"errors"
	"strings"
	"testing"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
	"github.com/tiiuae/rclgo/pkg/rclgo/primitives"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// withBuffer is the type support of strings as it were if a sequence in them held no array.
type withBuffer struct{ types.MessageTypeSupport }

func (withBuffer) AsGoStruct(types.Message, unsafe.Pointer) { panic(primitives.NoArray{}) }

func TestMessageWithoutArraysIsAnError(t *testing.T) {
	text := &testmsg.String{Data: "text"}
	serialized, err := rclgo.Serialize(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rclgo.Deserialize(serialized, text.GetTypeSupport()); err != nil {
		t.Error(err)
	}
	_, err = rclgo.Deserialize(serialized, withBuffer{text.GetTypeSupport()})
	var failed *rclgo.RmwError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "rosidl::Buffer") {
		t.Errorf("got %v", err)
	}
}
