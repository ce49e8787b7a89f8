package main

import (
	"slices"
	"sync"

	"av_capture/src/internal/acquire/v4l2"
)

// demoCameras are the cameras of the nodes of --demo.
var demoCameras = takenCameras{paths: map[string]string{}}

// takenCameras notes the camera of each node, so that a second node takes another one. Any
// goroutine may use it.
type takenCameras struct {
	mu    sync.Mutex
	paths map[string]string // of devices, by ROS node
}

// choose returns the path of a node's camera, and a remark for the user: wanted itself, if it
// is not the default; else the first camera that opens and that no other node has; "", for
// the synthetic one, where there is none.
func (t *takenCameras) choose(name, wanted string, devices []v4l2.Device) (path, remark string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.paths, name)
	const synthetic = "taking the synthetic one: a moving test pattern"
	var free []string
	owner := ""
	for _, d := range devices {
		if d.Problem != nil {
			continue
		}
		if other := t.owner(d.Path); other != "" {
			owner = other
			continue
		}
		free = append(free, d.Path)
	}
	switch {
	case len(devices) == 0:
		return "", "none is plugged in, " + synthetic
	case wanted != defaultCamera():
		path = wanted
	case slices.Contains(free, wanted):
		path = wanted
	case len(free) > 0:
		path = free[0]
	case owner != "":
		return "", "none is left beside that of " + owner + ", " + synthetic
	default:
		return "", "none can be opened, " + devices[0].String() + "; " + synthetic
	}
	t.paths[name] = path
	return path, "the one that is plugged in, " + path
}

// owner returns the node that has a camera, "" where none has. t.mu is held.
func (t *takenCameras) owner(path string) string {
	for name, taken := range t.paths {
		if taken == path {
			return name
		}
	}
	return ""
}
