package middleware

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	dead  = "fastrtps_00000000deadbeef"
	alive = "fastrtps_00000000feedface"
	later = "fastdds_0123456789abcdef" // dead, of Fast DDS 3
	young = "fastrtps_00000000cafebabe"
)

// leave makes files of one byte with this age.
func leave(t *testing.T, folder string, age time.Duration, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte{0}, 0o600); err != nil {
			t.Fatal(err)
		}
		made := time.Now().Add(-age)
		if err := os.Chtimes(path, made, made); err != nil {
			t.Fatal(err)
		}
	}
}

// names returns the names in a folder, sorted.
func names(t *testing.T, folder string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func TestSegmentsOfDeadProcessesAreRemovedAndNothingElse(t *testing.T) {
	folder := t.TempDir()
	leave(t, folder, time.Hour, dead, dead+"_el", alive, alive+"_el", later, later+"_el")
	leave(t, folder, time.Second, young, young+"_el") // it may be about to be locked
	leave(t, folder, time.Hour,
		"fastrtps_0000000000000001",                                                // without a lock file
		"fastrtps_port7400", "fastrtps_port7400_el", "sem.fastrtps_port7400_mutex", // ports belong to all processes
		"fastrtps_00000000deadbeef_el.txt", "my_fastrtps_00000000deadbeef_el", "other_el", "other",
	)
	before := names(t, folder)
	held, err := os.Open(filepath.Join(folder, alive+"_el"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := unix.Flock(int(held.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}

	removed, err := removeAbandoned(folder, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if removed != (abandoned{segments: 2, bytes: 2}) {
		t.Errorf("removed %+v, want 2 of 1 byte", removed)
	}
	want := slices.DeleteFunc(before, func(name string) bool {
		return slices.Contains([]string{dead, dead + "_el", later, later + "_el"}, name)
	})
	if got := names(t, folder); !slices.Equal(got, want) {
		t.Errorf("left are\n%q, want\n%q", got, want)
	}

	// When the process ends, its segment goes too.
	held.Close()
	if removed, err := removeAbandoned(folder, time.Now()); err != nil || removed.segments != 1 {
		t.Errorf("after its end: removed %+v, %v, want one", removed, err)
	}
}

func TestALinkIsNotFollowed(t *testing.T) {
	folder, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(elsewhere, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(folder, dead+"_el")); err != nil {
		t.Fatal(err)
	}
	if _, err := removeAbandoned(folder, time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(elsewhere); err != nil {
		t.Error(err)
	}
	if got := names(t, folder); len(got) != 1 {
		t.Errorf("left are %q", got)
	}
}

func TestNoSharedMemoryIsAnError(t *testing.T) {
	if _, err := removeAbandoned(filepath.Join(t.TempDir(), "missing"), time.Now()); err == nil {
		t.Error("no error")
	}
}
