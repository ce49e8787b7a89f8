package program

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

func TestWhatWasGivenIsToBlame(t *testing.T) {
	on := map[string]string{"ROS_SECURITY_ENABLE": "true", "ROS_SECURITY_KEYSTORE": "/keys"}
	for _, test := range []struct {
		name        string
		err         error
		environment map[string]string
		want        []string // nil where it is a fault
	}{
		{"node name", &rclgo.NodeInvalidName{}, nil, []string{"-r __node"}},
		{"namespace", &rclgo.NodeInvalidNamespace{}, nil, []string{"-r __ns:=/robot"}},
		{"topic", &rclgo.TopicNameInvalid{}, nil, []string{"-r"}},
		{"service", &rclgo.ServiceNameInvalid{}, nil, []string{"-r"}},
		{"substitution", &rclgo.UnknownSubstitution{}, nil, []string{"-r"}},
		{"fault", &rclgo.RmwError{}, nil, nil},
		{"fault of our own", errors.New("camera: no such thing"), on, nil},
		{"memory", &rclgo.RmwBadAlloc{}, on, nil},
		{"enclave", &rclgo.RmwError{}, on, []string{"ROS_SECURITY_ENABLE", `ROS_SECURITY_KEYSTORE, "/keys"`, "--enclave"}},
		{"security switched on otherwise", &rclgo.RmwError{}, map[string]string{"ROS_SECURITY_ENABLE": "1"}, nil},
		{"no keystore", &rclgo.RmwError{}, map[string]string{"ROS_SECURITY_ENABLE": "true"}, []string{"ROS_SECURITY_KEYSTORE is not set"}},
		{"enclave of the environment", &rclgo.RmwError{},
			map[string]string{"ROS_SECURITY_ENABLE": "true", "ROS_SECURITY_KEYSTORE": "/keys", "ROS_SECURITY_ENCLAVE_OVERRIDE": "/arm"},
			[]string{`ROS_SECURITY_ENCLAVE_OVERRIDE, "/arm"`}},
		{"peer", fmt.Errorf("Unable to resolve peer !!: %w", &rclgo.RmwError{}), map[string]string{"ROS_STATIC_PEERS": "10.0.0.1;!!"}, []string{`ROS_STATIC_PEERS names "!!"`}},
		{"peer that is not there yet", fmt.Errorf("Unable to resolve peer robot.local: %w", &rclgo.RmwError{}), map[string]string{"ROS_STATIC_PEERS": "robot.local"}, nil},
		{"without security", fmt.Errorf("This Fast DDS version doesn't have the security libraries: %w", &rclgo.RmwError{}), on,
			[]string{"ROS_SECURITY_ENABLE", "has no security"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range []string{"ROS_SECURITY_ENABLE", "ROS_SECURITY_KEYSTORE", "ROS_SECURITY_ENCLAVE_OVERRIDE", "ROS_STATIC_PEERS"} {
				t.Setenv(name, test.environment[name])
			}
			got := StartError(fmt.Errorf("node: %w", test.err))
			var configuration *param.ConfigurationError
			if errors.As(got, &configuration) != (test.want != nil) {
				t.Fatalf("got %v", got)
			}
			for _, want := range test.want {
				if !errors.Is(got, test.err) || !strings.Contains(got.Error(), want) {
					t.Errorf("got %q, want it to wrap the error and contain %q", got, want)
				}
			}
		})
	}
}
