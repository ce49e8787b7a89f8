package message

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAbsentMessagesAreToldByWhatIsThere(t *testing.T) {
	top := t.TempDir()
	for _, path := range []string{"other/share/sound_msgs/msg/AudioData.msg", "other/share/sound_msgs/msg/Audio.msg",
		"whole/share/sound_msgs/msg/AudioData.msg", "whole/share/sound_msgs/msg/AudioInfo.msg", "none/share/std_msgs/msg/Header.msg"} {
		path = filepath.Join(top, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	none, other, whole := filepath.Join(top, "none"), filepath.Join(top, "other"), filepath.Join(top, "whole")
	const build = "build av_capture anew by colcon build --cmake-force-configure"
	for _, c := range []struct{ distro, path, want string }{
		{"kilted", none, "built without sound_msgs: install ros-kilted-sound-msgs, which has AudioData, AudioInfo, and " + build},
		{"", "", "built without sound_msgs: install ros-$ROS_DISTRO-sound-msgs, which has AudioData, AudioInfo, and " + build},
		{"jazzy", none + ":" + other + ":" + whole, "built without sound_msgs: that of " + other +
			" is an older one, or another one of the same name, without AudioInfo; put ros-jazzy-sound-msgs in its place, and " + build},
		{"jazzy", none + ":" + whole + ":" + other, "built without sound_msgs, which is in " + whole + " now: " + build},
	} {
		t.Setenv("ROS_DISTRO", c.distro)
		t.Setenv("AMENT_PREFIX_PATH", c.path)
		if err := NotInstalled("sound_msgs", "AudioData", "AudioInfo"); err.Error() != c.want {
			t.Errorf("%s in %q:\n%v\nwant:\n%s", c.distro, c.path, err, c.want)
		}
	}
}
