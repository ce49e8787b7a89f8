package nodetest

import (
	"os"
	"path/filepath"
	"testing"
)

// Folders makes two folders with the same files, of which requests may name those of the first.
func Folders(t *testing.T) (allowed, outside string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	allowed, outside = root+"/allowed", root+"/outside"
	for _, folder := range []string{allowed, outside} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"film.mkv", "per%dcent.mkv", "-y", "concat:a"} {
			if err := os.WriteFile(folder+"/"+name, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(outside)
	return allowed, outside
}
