package documents

import (
	"strings"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/message/ffmpegtransport"
	"av_capture/src/internal/message/foxglove"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"

	"github.com/google/go-cmp/cmp"
	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// bothNodes returns a camera and a microphone's names, and a node that sees them.
func bothNodes(t *testing.T) (observer *rclgo.Node, names []string) {
	t.Helper()
	parent, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := parent.Close(); err != nil {
			t.Error(err)
		}
	})
	camera, err := camera.New(parent, node.Options{Name: "camera"}, func(camera.Config, func(string)) (acquire.VideoSource, error) {
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	microphone, err := microphone.New(parent, node.Options{Name: "microphone"}, func(microphone.Config, func(string)) (acquire.AudioSource, error) {
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { microphone.Close() })
	// Nodes of one context know each other at once.
	if observer, err = parent.NewNode("observer", ""); err != nil {
		t.Fatal(err)
	}
	return observer, []string{"camera", "microphone"}
}

// fullType returns a type's name with its kind, "msg" or "srv", from a cell.
func fullType(cell, kind string) string {
	package_, name, _ := strings.Cut(link.ReplaceAllString(cell, "$1"), "/")
	return package_ + "/" + kind + "/" + name
}

// installed reports whether there is the package of a type that the build can do without.
func installed(cell string) bool {
	switch package_, _, _ := strings.Cut(cell, "/"); package_ {
	case "ffmpeg_image_transport_msgs":
		return ffmpegtransport.Installed() == nil
	case "foxglove_msgs":
		return foxglove.Installed() == nil
	}
	return true
}

func TestReadmeListsEveryTopicWithItsType(t *testing.T) {
	want := make(map[string]string)
	for _, row := range rows(t, readme, "## Topics") {
		if installed(row[1]) {
			want["/"+strings.TrimPrefix(bare(row[0]), "/")] = fullType(row[1], "msg")
		}
	}
	got := make(map[string]string)
	observer, nodes := bothNodes(t)
	for _, name := range nodes {
		topics, err := observer.GetPublisherNamesAndTypesByNode(false, name, "/")
		if err != nil {
			t.Fatal(err)
		}
		for topic, types := range topics {
			if topic != "/rosout" { // every node's
				got[topic] = strings.Join(types, ", ")
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md lists other topics than the nodes publish (-README +nodes):\n%s", diff)
	}
}

func TestReadmeListsEveryServiceWithItsType(t *testing.T) {
	observer, nodes := bothNodes(t)
	for _, name := range nodes {
		want := make(map[string]string)
		for _, row := range rows(t, readme, "## Services") {
			if row[1] == "both" || row[1] == name {
				want["/"+name+"/"+bare(row[0])] = fullType(row[2], "srv")
			}
		}
		services, err := observer.GetServiceNamesAndTypesByNode(name, "/")
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]string)
		for service, types := range services {
			got[service] = strings.Join(types, ", ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("README.md lists other services than %s has (-README +node):\n%s", name, diff)
		}
	}
}
