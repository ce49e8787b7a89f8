package middleware

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImagesLargerThanASocketsBufferAreWarnedOf(t *testing.T) {
	const fullHD, vga = 1920 * 1080 * 3, 640 * 480 * 3
	const debian = 212992 // [bytes] the kernel's own limit
	for _, c := range []struct {
		rmw     string
		size    int
		largest int
		told    bool
		want    []string // nothing for no warning
		without string   // (optional)
	}{
		{"rmw_fastrtps_cpp", fullHD, debian, false, nil, ""},
		{"rmw_fastrtps_dynamic_cpp", fullHD, debian, false, nil, ""},
		{"rmw_zenoh_cpp", fullHD, debian, false, nil, ""},
		{"rmw_cyclonedds_cpp", fullHD, debian, false, []string{"6.2 MB", "takes 0.2 MB", "rmem_max", "CYCLONEDDS_URI"}, ""},
		{"rmw_cyclonedds_cpp", fullHD, 1 << 30, false, []string{"takes 1.0 MB", "CYCLONEDDS_URI"}, "rmem_max"},
		{"rmw_cyclonedds_cpp", fullHD, debian, true, []string{"takes 0.2 MB", "rmem_max=2147483647"}, "CYCLONEDDS_URI"},
		{"rmw_cyclonedds_cpp", fullHD, 1 << 30, true, nil, ""},
		{"rmw_cyclonedds_cpp", vga, 1 << 30, false, nil, ""},
		{"rmw_connextdds", fullHD, debian, false, []string{"rmw_connextdds", "rmem_max"}, "CYCLONEDDS_URI"},
		{"rmw_connextdds", fullHD, 1 << 30, false, nil, ""},
	} {
		got := tooLarge(c.rmw, c.size, c.largest, c.told)
		if len(c.want) == 0 && got != "" {
			t.Errorf("%+v: got %q, want no warning", c, got)
		}
		if c.without != "" && strings.Contains(got, c.without) {
			t.Errorf("%+v: %q has %q, which is no cure there", c, got, c.without)
		}
		for _, word := range c.want {
			if !strings.Contains(got, word) {
				t.Errorf("%+v: %q is not in %q", c, word, got)
			}
		}
	}
}

func TestCycloneMayBeToldByTextOrFile(t *testing.T) {
	const config = `<CycloneDDS><Domain><Internal><SocketReceiveBufferSize min="10MB"/></Internal></Domain></CycloneDDS>`
	path := filepath.Join(t.TempDir(), "cyclone.xml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]bool{
		"": false, "file:///no/such.xml": false, "<CycloneDDS/>": false,
		config: true, "file://" + path: true, path: true, "<CycloneDDS/>," + path: true,
	} {
		if got := cycloneIsTold(uri); got != want {
			t.Errorf("%q: %v, want %v", uri, got, want)
		}
	}
}
