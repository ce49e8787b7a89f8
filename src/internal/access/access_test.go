package access

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func write(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, paths, urls []string) *List {
	t.Helper()
	l, err := New(paths, urls)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPathsAreJudgedByWhereTheyLead(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	t.Setenv("HOME", root)
	film := write(t, root+"/films/a/film.avi")
	single := write(t, root+"/other/single.wav")
	secret := write(t, root+"/other/secret.wav")
	write(t, root+"/films2/beside.avi")
	link(t, "a/film.avi", root+"/films/inside")
	link(t, secret, root+"/films/out")
	link(t, "../other", root+"/films/folder")
	link(t, root+"/films", root+"/entrance")
	link(t, root, root+"/through")
	write(t, root+"/entrances/b")
	link(t, root+"/films/a", root+"/entrances/a")
	link(t, root+"/other/nothing", root+"/films/dangling")
	link(t, "round", root+"/films/round")
	l := list(t, []string{"films", "~/other/single.wav", "through/entrance", "entrances"}, nil).WithFolder(root + "/recordings")

	for name, want := range map[string]string{
		film:                                   film,
		"films/a/film.avi":                     film,
		"./films//a/./film.avi":                film,
		root + "/through/entrance/a/film.avi":  film,
		root + "/entrances/a/film.avi":         film,
		root + "/films/inside":                 film,
		root + "/films/folder/../a":            root + "/films/a", // not as the kernel has it
		root + "/other/../films/a":             root + "/films/a",
		root + "/nothing/../films/a":           root + "/films/a", // whether it exists or not
		root + "/other/secret.wav/../../films": root + "/films",
		root + "/films":                        root + "/films",
		root + "/films/not/there.avi":          root + "/films/not/there.avi",
		single:                                 single,
		root + "/recordings/2026/1.wav":        root + "/recordings/2026/1.wav",
		root + "/films/a/film.avi/../film.avi": film,
	} {
		if got, err := l.Path(name); got != want || err != nil {
			t.Errorf("Path(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{
		"", "/", ".", root, secret, "other/secret.wav", "/etc/passwd", "/etc/nothing",
		root + "/films2/beside.avi",
		root + "/films/out", root + "/films/folder", root + "/films/folder/secret.wav",
		root + "/films/dangling", root + "/films/round",
		root + "/films/../other/secret.wav", "films/../../../../../etc/passwd",
		root + "/films/not/../../other/secret.wav",
		root + "/FILMS/a/film.avi",
		root + "/entrance/a/film.avi", "/proc/self/cwd/films/a/film.avi", "/proc/self/root" + film, // by a name that is not listed
		"/proc/self/root/etc/passwd", "/proc/self/cwd/other/secret.wav", "/dev/fd/0", "/dev/stdin",
		"~/films/a/film.avi", "file://" + film,
		film + "\n", film + "\x00", root + "/films/new\nline", root + "/films/\x1b[2J",
		root + "/films/" + strings.Repeat("a/", 4096),
		strings.Repeat("/..", 2000) + film,
		single + "/beneath", // nothing is below a file
	} {
		if got, err := l.Path(name); !errors.Is(err, ErrRefused) && name != single+"/beneath" {
			t.Errorf("Path(%q) = %q, %v; want it refused", name, got, err)
		}
	}
}

func TestARefusalDoesNotTellWhatIsThere(t *testing.T) {
	root := t.TempDir()
	l := list(t, []string{root + "/allowed"}, nil)
	file := write(t, root+"/secret/file")
	closed := write(t, root+"/closed/file")
	if err := os.Chmod(filepath.Dir(closed), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Dir(closed), 0o755) })
	for _, name := range []string{file, root + "/secret/nothing", file + "/below", root + "/secret", closed, root + "/nothing/deep"} {
		for method, try := range map[string]func() error{
			"Path":     func() error { _, err := l.Path(name); return err },
			"Open":     func() error { _, err := l.Open(name); return err },
			"Folder":   func() error { _, err := l.Folder(name); return err },
			"Sequence": func() error { _, err := l.Sequence(name); return err },
		} {
			want := `"` + name + `" is not within allowed_paths; the owner lists it at start`
			if err := try(); err == nil || err.Error() != want {
				t.Errorf("%s(%q): %v, want %s", method, name, err, want)
			}
		}
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 2 {
		t.Errorf("there is %v, %v; want nothing new", entries, err)
	}
}

func TestAFileThatStartNamesAllowsNothingBeneath(t *testing.T) {
	root := t.TempDir()
	file := write(t, root+"/folder/file")
	l := list(t, nil, nil).WithFile(root + "/folder")
	if _, err := l.Path(root + "/folder"); err != nil {
		t.Error(err)
	}
	if _, err := l.Path(file); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v, want it refused", err)
	}
}

func TestOpenReadsWhatWasJudged(t *testing.T) {
	root := t.TempDir()
	write(t, root+"/allowed/a/file")
	secret := write(t, root+"/secret")
	l := list(t, []string{root + "/allowed"}, nil)
	file, err := l.Open(root + "/allowed/a/file")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()

	// A pipe that nobody writes to is opened at once.
	if err := syscall.Mkfifo(root+"/allowed/pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	file, err = l.Open(root + "/allowed/pipe")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()

	// Meanwhile a file becomes a link: while it is judged it is one or the other.
	swapped := root + "/allowed/swapped"
	stop := make(chan struct{})
	swapping := make(chan struct{})
	go func() {
		defer close(swapping)
		for {
			select {
			case <-stop:
				return
			default:
			}
			os.Remove(swapped)
			os.WriteFile(swapped, []byte("content"), 0o644)
			os.Remove(swapped)
			os.Symlink(secret, swapped)
		}
	}()
	opened, err := os.Stat(secret)
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		file, err := l.Open(swapped)
		if err != nil {
			continue
		}
		if info, err := file.Stat(); err != nil || os.SameFile(info, opened) {
			t.Fatalf("opened %v, %v through a link that leads outside", info, err)
		}
		file.Close()
	}
	close(stop)
	<-swapping
}

func TestFolderIsMadeWithinWhatIsAllowed(t *testing.T) {
	root := t.TempDir()
	l := list(t, nil, nil).WithFolder(root + "/allowed")
	for _, name := range []string{root + "/allowed", root + "/allowed/a/b", root + "/allowed/a"} {
		folder, err := l.Folder(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := folder.Close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			t.Errorf("%s: %v, want a folder", name, err)
		}
	}
}

func TestTheFolderOfAFileIsTheOneThatWasJudged(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, root+"/files/a.yaml")
	l := list(t, []string{root + "/allowed"}, nil).WithFile(file)
	if _, _, err := l.Parent(root+"/allowed/a/b.yaml", false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is missing: %v", err)
	}
	for _, path := range []string{root + "/allowed/a/b.yaml", root + "/allowed/a/c.yaml", root + "/allowed/d.yaml", file} {
		folder, got, err := l.Parent(path, true)
		if err != nil || got != path {
			t.Fatalf("Parent(%q): %q, %v", path, got, err)
		}
		opened, err := folder.Stat(".")
		if info, failed := os.Stat(filepath.Dir(path)); err != nil || failed != nil || !os.SameFile(info, opened) {
			t.Errorf("Parent(%q) opened %v, %v, %v", path, opened, err, failed)
		}
		folder.Close()
	}
	if _, _, err := l.Parent(root+"/files/b.yaml", true); !errors.Is(err, ErrRefused) {
		t.Errorf("a file beside an allowed one: %v, want it refused", err)
	}

	// Meanwhile a folder becomes a link: while it is judged it is one or the other.
	write(t, root+"/outside/x.yaml")
	outside, err := os.Stat(root + "/outside")
	if err != nil {
		t.Fatal(err)
	}
	swapped := root + "/allowed/swapped"
	stop := make(chan struct{})
	swapping := make(chan struct{})
	go func() {
		defer close(swapping)
		for {
			select {
			case <-stop:
				return
			default:
			}
			os.Remove(swapped)
			os.Mkdir(swapped, 0o755)
			os.Remove(swapped)
			os.Symlink(root+"/outside", swapped)
		}
	}()
	for range 300 {
		folder, _, err := l.Parent(swapped+"/x.yaml", false)
		if err != nil {
			continue
		}
		if info, err := folder.Stat("."); err != nil || os.SameFile(info, outside) {
			t.Errorf("opened %v, %v through a link that leads outside", info, err)
		}
		folder.Close()
	}
	close(stop)
	<-swapping
}

func TestALinkAmongThePicturesOfASequenceIsJudged(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, root+"/allowed/image_001.png")
	l := list(t, []string{root + "/allowed"}, nil)
	pattern := root + "/allowed/image_%03d.png"
	if got, err := l.Sequence(pattern); got != pattern || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, pattern)
	}
	link(t, "image_001.png", root+"/allowed/image_002.png")
	if _, err := l.Sequence(pattern); err != nil {
		t.Error(err)
	}
	link(t, write(t, root+"/secret.png"), root+"/allowed/image_003.png")
	for _, name := range []string{
		pattern, root + "/image_%03d.png", root + "/allowed/image_%s.png", root + "/allowed/%d_%d.png",
		root + "/%d/image_1.png", root + "/allowed/%d/image_%d.png",
		root + "/allowed/x%d.png ! filesink location=" + root + "/made",
	} {
		if got, err := l.Sequence(name); !errors.Is(err, ErrRefused) {
			t.Errorf("Sequence(%q) = %q, %v; want it refused", name, got, err)
		}
	}
}

func TestAPipeIsNoFolderOfPictures(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mkfifo(root+"/pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	l := list(t, []string{root}, nil)
	done := make(chan error, 1)
	go func() {
		_, err := l.Sequence(root + "/pipe/image_%03d.png")
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("got %v, want that it is no folder", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for a writer")
	}
}

func TestURLsAreJudgedInParts(t *testing.T) {
	l := list(t, nil, []string{
		"rtsp://camera/live", "http://user:secret@nvr:8080/", "https://[2001:db8::1]/a", "udp://@239.0.0.1:5000", "http://cgi/video?channel=1",
	})
	for _, name := range []string{
		"rtsp://camera/live", "RTSP://Camera:554/live/", "rtsp://camera/live/1?profile=2", "rtsp://camera/./live//1", "rtsp://camera/%6cive",
		"http://nvr:8080", "http://nvr:8080/x",
		"https://[2001:DB8:0:0::1]:443/a/b", "udp://239.0.0.1:5000", "http://cgi/video?channel=1", "http://cgi:80/video/?channel=1",
	} {
		got, err := l.URL(name)
		scheme, rest, _ := strings.Cut(name, ":")
		if want := strings.ToLower(scheme) + ":" + rest; got != want || err != nil {
			t.Errorf("URL(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{
		"", "rtsp", "rtsp://", "rtsp:camera/live", "rtsp:///live", "//camera/live",
		"rtsps://camera/live", "http://camera/live", "rtsp://camera:555/live", "rtsp://camera.evil/live", "rtsp://evil/live", "rtsp://camera./live",
		"rtsp://camera", "rtsp://camera/", "rtsp://camera/lively", "rtsp://camera/Live", "rtsp://camera/x/live",
		"rtsp://camera/live/../admin", "rtsp://camera/live/%2e%2e/admin", "rtsp://camera/live/%252e%252e/admin", "rtsp://camera/live/..;/admin", "rtsp://camera/live/..",
		"rtsp://camera%2flive", "rtsp://camera/live%2f..%2fadmin", "rtsp://camera/live%5c..", "rtsp://camera/li%00ve",
		"rtsp://user@camera/live", "rtsp://user:password@camera/live",
		"http://user:other@nvr:8080/x", "http://user:secret@nvr:8080/x", "http://user:%73ecret@nvr:8080/x", "http://user@nvr:8080/x", "http://other:secret@nvr:8080/x",
		"rtsp://camera@evil/live", "rtsp://camera:554@evil/live", "rtsp://evil@camera@evil/live", "http://user:secret@nvr:8080@evil/",
		"rtsp://evil#@camera/live", "rtsp://evil?@camera/live", "rtsp://evil\\@camera/live", "rtsp://camera\\.evil/live", "rtsp://camera/live#x",
		"rtsp://camera/live x", "rtsp://camera/live\n", "rtsp://camera/live\x00", "rtsp://cämera/live", "rtsp://camera/live|x", "rtsp://camera/live\"",
		"https://[2001:db8::2]/a", "https://2001:db8::1/a", "https://[2001:db8::1%25eth0]/a", "https://[::ffff:1]/a",
		"http://cgi/video", "http://cgi/video?channel=2", "http://cgi/video?channel=1&x", "udp://239.0.0.1:5000?localaddr=1.2.3.4",
		"file:///etc/passwd", "file://camera/live", "concat:rtsp://camera/live|/etc/passwd", "subfile,,start,0,end,0,,:rtsp://camera/live", "crypto+rtsp://camera/live", "tls://camera/live?cafile=/etc/shadow",
		"rtsp://camera/live/" + strings.Repeat("a", 5000),
	} {
		if got, err := l.URL(name); !errors.Is(err, ErrRefused) {
			t.Errorf("URL(%q) = %q, %v; want it refused", name, got, err)
		}
	}
}

func TestTheMaskStandsForThePasswordOfTheOwner(t *testing.T) {
	l := list(t, nil, []string{"http://user:sec%20ret@nvr:8080/", "http://other@nvr:8081/"})
	got, err := l.URL("http://user:xxxxx@NVR:8080/x@y")
	if want := "http://user:sec%20ret@NVR:8080/x@y"; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if _, err := l.URL("http://other@nvr:8081/x"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"http://other:xxxxx@nvr:8080/x", "http://other:xxxxx@nvr:8081/x", "http://:xxxxx@nvr:8080/x"} {
		if got, err := l.URL(name); !errors.Is(err, ErrRefused) {
			t.Errorf("URL(%q) = %q, %v; want it refused", name, got, err)
		}
	}
}

func TestAListThatCannotBeMeantIsRefused(t *testing.T) {
	for _, c := range []struct {
		paths, urls []string
		want        string
	}{
		{[]string{""}, nil, `"" is no path`},
		{nil, []string{"camera/live"}, "\"camera/live\" is of no network that ffmpeg knows"},
		{nil, []string{"file:///films"}, "\"file:///films\" is of no network that ffmpeg knows"},
		{nil, []string{"rtsp://user:pass@word@camera/"}, "\"rtsp://user:xxxxx@camera/\" has no host, two of them"},
		{nil, []string{"http://camera/a/../b"}, "\"http://camera/a/../b\" has .. in its path"},
	} {
		if _, err := New(c.paths, c.urls); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("New(%q, %q): %v, want %s…", c.paths, c.urls, err, c.want)
		}
	}
}

func TestPasswordsAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"rtsp://user:secret@camera/live":                                   "rtsp://user:xxxxx@camera/live",
		"rtsp://:secret@camera":                                            "rtsp://:xxxxx@camera",
		"rtsp://user:se@cr:et@camera:554/x@y":                              "rtsp://user:xxxxx@camera:554/x@y",
		"rtsp://user:se/cr?et@camera/live":                                 "rtsp://user:xxxxx@camera/live",
		"rtsp://user:se'cret@camera/live":                                  "rtsp://user:xxxxx@camera/live",
		"rtsp://camera:554/a:b@c":                                          "rtsp://camera:554/a:b@c",
		"rtsp://[::1]:554/a:b@c":                                           "rtsp://[::1]:554/a:b@c",
		"rtsp://user:secr":                                                 "rtsp://user:xxxxx",
		"rtsp://user@camera/live":                                          "rtsp://user@camera/live",
		`open "rtsp://u:p@h/": refused`:                                    `open "rtsp://u:xxxxx@h/": refused`,
		"http://a:b@c/ and http://d:e@f/":                                  "http://a:xxxxx@c/ and http://d:xxxxx@f/",
		"http://proxy/http://a:b@c/":                                       "http://proxy/http://a:xxxxx@c/",
		"concat:http://a:b@c/|http://d:e@f/":                               "concat:http://a:xxxxx@c/|http://d:xxxxx@f/",
		"http://h/?user=u&password=p&x=1":                                  "http://h/?user=u&password=xxxxx&x=1",
		"http://h/?a=1&Token=abc":                                          "http://h/?a=1&Token=xxxxx",
		"http://h/?size=1&name=me":                                         "http://h/?size=1&name=me",
		"http://h/?user_pass=S&x=1&p%61ss=S&sessionid=S&jwt=S&x=2":         "http://h/?user_pass=xxxxx&x=1&p%61ss=xxxxx&sessionid=xxxxx&jwt=xxxxx&x=2",
		"srt://h:1?streamid=u:S&passphrase=S":                              "srt://h:1?streamid=xxxxx&passphrase=xxxxx",
		"rtspsrc user-pw='a S' ! appsink":                                  "rtspsrc user-pw='xxxxx' ! appsink",
		`rtspsrc user-pw="a\"S" ! appsink`:                                 `rtspsrc user-pw="xxxxx" ! appsink`,
		`"rtspsrc user-pw=\"a\\\"S\" ! appsink"`:                           `"rtspsrc user-pw=\"xxxxx\" ! appsink"`,
		`rtspsrc user-pw=a\ S&S ! appsink`:                                 `rtspsrc user-pw=xxxxx ! appsink`,
		`["-decryption_key:v", "S", "-srtp_in_params" "S"]`:                `["-decryption_key:v", "xxxxx", "-srtp_in_params" "xxxxx"]`,
		"rtspsrc location=rtsp://h/ user-id=u user-pw=secret ! appsink":    "rtspsrc location=rtsp://h/ user-id=u user-pw=xxxxx ! appsink",
		`rtspsrc location="rtsp://a:b@h/" user-pw = "two words" ! appsink`: `rtspsrc location="rtsp://a:xxxxx@h/" user-pw = "xxxxx" ! appsink`,
		`"rtspsrc user-pw=\"two words\" ! appsink"`:                        `"rtspsrc user-pw=\"xxxxx\" ! appsink"`,
		`["-passphrase", "sec\"ret", "-i", "srt://h"]`:                     `["-passphrase", "xxxxx", "-i", "srt://h"]`,
		"/dev/video0": "/dev/video0", "no password is set": "no password is set",
	} {
		if got := Masked(text); got != want {
			t.Errorf("Masked(%q) = %q, want %q", text, got, want)
		}
		if again := Masked(want); again != want {
			t.Errorf("Masked(%q) = %q, want it as it is", want, again)
		}
	}
	got := MaskedArguments([]string{"-headers", "Authorization: Basic abc", "-i", "rtsp://a:b@c/", "-key", "0123"})
	if want := "-headers xxxxx -i rtsp://a:xxxxx@c/ -key xxxxx"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAWholeValueIsMaskedHoweverItIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"rtsp:/u:S@h":             "rtsp:/u:xxxxx@h",
		"u:S@h/x":                 "u:xxxxx@h/x",
		"rtsp:u:S@h":              "rtsp:xxxxx@h",
		"rtsp://u:S S\"S\nS@h/x":  "rtsp://u:xxxxx@h/x",
		"rtsp://u:1/S@h/x":        "rtsp://u:xxxxx@h/x",
		"rtsp://u:1?S@h/x":        "rtsp://u:xxxxx@h/x",
		"rtsp://u:1#S@S!@h/x":     "rtsp://u:xxxxx@h/x",
		"rtsp:///u:S@h":           "rtsp:///u:xxxxx@h",
		"rtsp://[::1]:554/x@y":    "rtsp://[::1]:xxxxx@y",
		"rtsp://[::1]/x":          "rtsp://[::1]/x",
		"rtsp://camera:554/live":  "rtsp://camera:554/live",
		"http://h/?pass=S&x=1":    "http://h/?pass=xxxxx&x=1",
		"/films/a:b@c.mkv":        "/films/a:b@c.mkv",
		"file:///films/a:b@c.mkv": "file:///films/a:b@c.mkv",
		"HD Webcam":               "HD Webcam", "046d:085c": "046d:085c", "": "",
		"videotestsrc ! rtspsrc location=rtsp://u:S@h/ user-id=a@b ! appsink": "videotestsrc ! rtspsrc location=rtsp://u:xxxxx@h/ user-id=a@b ! appsink",
	} {
		if got := MaskedValue(text); got != want {
			t.Errorf("MaskedValue(%q) = %q, want %q", text, got, want)
		}
		if again := MaskedValue(want); again != want {
			t.Errorf("MaskedValue(%q) = %q, want it as it is", want, again)
		}
	}
	for _, option := range []string{"-secret", "-srtp_in_params", "-srtp_out_params", "-decryption_key", "-decryption_key:v", "-cenc_decryption_key", "-audible_key", "-encryption_key", "-stream_key", "-passphrase", "-streamid"} {
		if got := MaskedArguments([]string{option, "S", "-i", "u:S@h"}); got[1] != mask || got[3] != "u:xxxxx@h" {
			t.Errorf("%s: got %q", option, got)
		}
	}
}

// cost returns the least processor time that a call takes. Unlike time on a clock it does not
// grow with what else runs on the machine.
func cost(t *testing.T, call func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() time.Duration {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
			t.Fatal(err)
		}
		return time.Duration(now.Nano())
	}
	least := time.Hour
	for range 3 {
		before := used()
		call()
		least = min(least, used()-before)
	}
	return least
}

func TestMaskingTakesTimeInProportion(t *testing.T) {
	for _, part := range []string{
		"://", "a:1@://", "pass=", "pass = '", `pass=\"`, `pass="`, "?pass=a&", `"-key", "`, `\`, "a", "=", " ", "%61", "[", "://[", "@", "rtsp:/", "x://a:b", "pass  ",
	} {
		short, long := strings.Repeat(part, 1<<10/len(part)), strings.Repeat(part, 64<<10/len(part))
		for name, masked := range map[string]func(string) string{"Masked": Masked, "MaskedValue": MaskedValue} {
			a, b := cost(t, func() { masked(short) }), cost(t, func() { masked(long) })
			if b > 1000*a { // in proportion 64, with the square 4096
				t.Errorf("%s of %q…: %v for 1 KiB, %v for 64 times that", name, part, a, b)
			}
		}
	}
}

func TestOnlyWhatIsWrittenAsBeneathDevIsInDev(t *testing.T) {
	for name, want := range map[string]bool{
		"/dev/video0": true, "/dev/v4l/by-id/x": true, "/dev/v4l/by-id/..": false, "/dev": false, "/dev/": false,
		"/dev/../etc/passwd": false, "/dev/video0\n": false, "/etc/../dev/video0": false, "/dev/./video0": false, "dev/video0": false,
	} {
		if InDev(name) != want {
			t.Errorf("InDev(%q) is %t", name, !want)
		}
	}
}

func TestNoFileIsAVideoDevice(t *testing.T) {
	root := t.TempDir()
	link(t, "/dev/null", root+"/link")
	for _, name := range []string{"", "/", "/dev/null", root + "/link", "/dev/nothing", write(t, root+"/video0")} {
		if IsVideoDevice(name) {
			t.Errorf("%q is called a V4L2 device", name)
		}
	}
}
