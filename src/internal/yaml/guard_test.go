package yaml

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// A panic of the parser is an error of the text.
func TestAPanicIsAnErrorOfTheText(t *testing.T) {
	document, err := guarded(func(text []byte) (*yaml.Node, error) {
		return &yaml.Node{Value: string(text[5:6])}, nil
	}, []byte("a: 1"))
	if document != nil || err == nil || !strings.Contains(err.Error(), "out of range") {
		t.Errorf("got %v, %v", document, err)
	}
}
