package typemap

import (
	"testing"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

type service struct{ name string }

func (service) Request() types.MessageTypeSupport  { return nil }
func (service) Response() types.MessageTypeSupport { return nil }
func (service) TypeSupport() unsafe.Pointer        { return nil }

type message struct {
	types.MessageTypeSupport
	name string
}

func TestTypesAreFoundByEveryAlias(t *testing.T) {
	a, b := message{name: "a"}, message{name: "b"}
	RegisterMessage("pkg/A", a)
	RegisterMessage("pkg/msg/A", a)
	RegisterMessage("pkg/B", b)
	for alias, want := range map[string]message{"pkg/A": a, "pkg/msg/A": a, "pkg/B": b} {
		if got, ok := GetMessage(alias); !ok || got != types.MessageTypeSupport(want) {
			t.Errorf("GetMessage(%q) = %v, %v", alias, got, ok)
		}
		if got := GetMessageMust(alias); got != types.MessageTypeSupport(want) {
			t.Errorf("GetMessageMust(%q) = %v", alias, got)
		}
	}
	s := service{"s"}
	RegisterService("pkg/S", s)
	if got, ok := GetService("pkg/S"); !ok || got != types.ServiceTypeSupport(s) {
		t.Errorf("GetService = %v, %v", got, ok)
	}
	if got := GetServiceMust("pkg/S"); got != types.ServiceTypeSupport(s) {
		t.Errorf("GetServiceMust = %v", got)
	}
}

func TestUnknownTypes(t *testing.T) {
	if got, ok := GetMessage("pkg/S"); ok {
		t.Errorf("GetMessage = %v", got)
	}
	if got, ok := GetService("pkg/A"); ok {
		t.Errorf("GetService = %v", got)
	}
	for name, f := range map[string]func(){
		"GetMessageMust": func() { GetMessageMust("pkg/Unknown") },
		"GetServiceMust": func() { GetServiceMust("pkg/Unknown") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			f()
		}()
	}
}
