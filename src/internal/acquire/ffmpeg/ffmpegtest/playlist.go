package ffmpegtest

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// Playlist returns the URL of a server that answers with a playlist of a file on this
// machine, and the path of the same playlist as a file.
func Playlist(t testing.TB) (url, path string) {
	t.Helper()
	folder := t.TempDir()
	video := filepath.Join(folder, "video.ts")
	Run(t, "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25", "-frames:v", "25", video)
	list := []byte("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" + video + "\n#EXT-X-ENDLIST\n")
	path = filepath.Join(folder, "list.m3u8")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	go func() {
		defer close(done)
		for {
			connection, err := server.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Write(list) // it fails if the client hangs up
			connection.Close()
		}
	}()
	return "tcp://" + server.Addr().String() + "/list.m3u8", path
}
