package rclgo_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

// programs are functions that TestMain runs in a child process; a test reads its
// stderr.
var programs = map[string]func(){
	"methods":    logWithEveryMethod,
	"levels":     logAtEveryLevel,
	"lifecycle":  logBeforeInitAndAfterUninit,
	"concurrent": logConcurrently,
	"again":      logWithChangedLevel,
	"lines":      logWhatBreaksLines,
	"flood":      logAFlood,
	"fileless":   logWithoutAFile,
	"colour":     logInColour,
	"threads":    logAndCountThreads,
}

// run runs a program with the given arguments and returns the lines that it
// wrote to stderr.
func run(t *testing.T, program string, env []string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "RCLGO_TEST_PROGRAM="+program, fmt.Sprint("ROS_DOMAIN_ID=", otherDomain))
	cmd.Env = append(cmd.Env, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// initWithOSArgs is the beginning of a main function.
func initWithOSArgs() {
	args, rest, err := rclgo.ParseArgs(os.Args[1:])
	must(err)
	if len(rest) > 0 {
		must(fmt.Errorf("unknown arguments %q", rest))
	}
	must(rclgo.Init(args))
}

func here() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

var firstLine int

func logWithEveryMethod() {
	initWithOSArgs()
	l := rclgo.GetLogger("methods")
	must(l.SetLevel(rclgo.LogSeverityDebug))
	// A variable, since vet would complain of a constant.
	evil := "100% %s %n %d\x00after"
	firstLine = here() + 1
	must(l.Debug(evil, 1, 2))
	must(l.Debugf("%s %d", evil, 1))
	must(l.Debugln(evil, 1))
	must(l.Info(evil, 1, 2))
	must(l.Infof("%s %d", evil, 1))
	must(l.Infoln(evil, 1))
	must(l.Warn(evil, 1, 2))
	must(l.Warnf("%s %d", evil, 1))
	must(l.Warnln(evil, 1))
	must(l.Error(evil, 1, 2))
	must(l.Errorf("%s %d", evil, 1))
	must(l.Errorln(evil, 1))
	must(l.Fatal(evil, 1, 2))
	must(l.Fatalf("%s %d", evil, 1))
	must(l.Fatalln(evil, 1))
	must(l.Log(rclgo.LogSeverityInfo, evil, 1, 2))
	must(l.Logf(rclgo.LogSeverityInfo, "%s %d", evil, 1))
	must(l.Logln(rclgo.LogSeverityInfo, evil, 1))
	func() {
		must(l.Info(evil, 1, 2))
	}()
	must(rclgo.Uninit())
	fmt.Fprintln(os.Stderr, firstLine)
}

func TestLogCarriesTextAndPlaceOfTheCaller(t *testing.T) {
	got := run(t, "methods", []string{"RCUTILS_CONSOLE_OUTPUT_FORMAT={severity}|{name}|{message}|{function_name}|{file_name}|{line_number}"})
	var first int
	if _, err := fmt.Sscan(got[len(got)-1], &first); err != nil {
		t.Fatalf("%v in %q", err, got)
	}
	got = got[:len(got)-1]
	_, file, _, _ := runtime.Caller(0)
	texts := []string{`100% %s %n %d\x00after1 2`, `100% %s %n %d\x00after 1`, `100% %s %n %d\x00after 1`}
	var want []string
	for i, severity := range []string{"DEBUG", "INFO", "WARN", "ERROR", "FATAL", "INFO"} {
		for j, text := range texts {
			want = append(want, fmt.Sprintf("%s|methods|%s|github.com/tiiuae/rclgo/pkg/rclgo_test.logWithEveryMethod|%s|%d", severity, text, file, first+3*i+j))
		}
	}
	want = append(want, fmt.Sprintf("INFO|methods|%s|github.com/tiiuae/rclgo/pkg/rclgo_test.logWithEveryMethod.func1|%s|%d", texts[0], file, first+19))
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func logWhatBreaksLines() {
	initWithOSArgs()
	l := rclgo.GetLogger("lines")
	must(l.Infof("device %s is open", "evil\n[INFO] [1.0] [camera]: all is well\r\x1b[2J\u2028\u202e\xff\x00"))
	must(l.Info("tab\tand Ä, 麦"))
	must(rclgo.Uninit())
}

// TestMessageIsOneLine: a part of it may come from anybody.
func TestMessageIsOneLine(t *testing.T) {
	got := run(t, "lines", []string{"RCUTILS_CONSOLE_OUTPUT_FORMAT={message}"})
	want := []string{`device evil\n[INFO] [1.0] [camera]: all is well\r\x1b[2J\u2028\u202e\xff\x00 is open`, "tab\tand Ä, 麦"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func logAtEveryLevel() {
	initWithOSArgs()
	for _, l := range []*rclgo.Logger{rclgo.GetLogger(""), rclgo.GetLogger("camera"), rclgo.GetLogger("camera").Child("dsp")} {
		for _, s := range []rclgo.LogSeverity{10, 20, 30, 40, 50} {
			must(l.Logf(s, "x"))
		}
	}
	must(rclgo.Uninit())
}

func TestLogLevelArgumentsAreObeyed(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, " I W E F camera:I camera:W camera:E camera:F camera.dsp:I camera.dsp:W camera.dsp:E camera.dsp:F"},
		{[]string{"--log-level", "debug"}, " D I W E F camera:D camera:I camera:W camera:E camera:F camera.dsp:D camera.dsp:I camera.dsp:W camera.dsp:E camera.dsp:F"},
		{[]string{"--log-level", "camera:=error"}, " I W E F camera:E camera:F camera.dsp:E camera.dsp:F"},
		{[]string{"--log-level", "fatal", "--log-level", "camera.dsp:=warn"}, " F camera:F camera.dsp:W camera.dsp:E camera.dsp:F"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			args := tt.args
			if args != nil {
				args = append([]string{"--ros-args"}, args...)
			}
			var got strings.Builder
			for _, line := range run(t, "levels", []string{"RCUTILS_CONSOLE_OUTPUT_FORMAT={name}:{severity}"}, args...) {
				// rcl's own messages are of no concern.
				name, severity, _ := strings.Cut(line, ":")
				if name == "" || strings.HasPrefix(name, "camera") {
					got.WriteString(" " + strings.TrimPrefix(name+":"+severity[:1], ":"))
				}
			}
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got.String(), tt.want)
			}
		})
	}
}

func logBeforeInitAndAfterUninit() {
	l := rclgo.GetLogger("lifecycle")
	must(l.Info("before"))
	initWithOSArgs()
	must(l.Info("between"))
	must(rclgo.Uninit())
	must(l.Info("after"))
	initWithOSArgs()
	must(l.Info("again"))
	must(rclgo.Uninit())
}

func TestLoggerWorksBeforeInitAndAfterUninit(t *testing.T) {
	dir := t.TempDir()
	got := run(t, "lifecycle", []string{"RCUTILS_CONSOLE_OUTPUT_FORMAT={message}", "ROS_LOG_DIR=" + dir})
	if want := []string{"before", "between", "after", "again"}; !slices.Equal(got, want) {
		t.Errorf("console: got %q, want %q", got, want)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) == 0 {
		t.Fatalf("log files: %q, %v", files, err)
	}
	// The file is complete as soon as the last context is closed.
	var text string
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	for _, want := range []string{"between", "again"} {
		if !strings.Contains(text, want) {
			t.Errorf("log file lacks %q:\n%s", want, text)
		}
	}
}

func logConcurrently() {
	initWithOSArgs()
	n, err := rclgo.NewNode("concurrent", "")
	must(err)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			l := n.Logger().Child(fmt.Sprint("child", i))
			for j := range 100 {
				must(l.Infof("%d %d %s", i, j, strings.Repeat("x", 2000)))
				if !l.Flush(patience) {
					must(errors.New("not written"))
				}
			}
		}()
		wg.Add(1)
		go func() {
			defer wg.Done()
			// Creation and destruction of /rosout publishers meanwhile.
			for j := range 3 {
				n, err := rclgo.NewNode(fmt.Sprintf("other%d_%d", i, j), "")
				must(err)
				must(n.Logger().Debug("x"))
				must(n.Close())
			}
		}()
	}
	wg.Wait()
	must(rclgo.Uninit())
}

func TestConcurrentMessagesStayWhole(t *testing.T) {
	got := run(t, "concurrent", []string{"RCUTILS_CONSOLE_OUTPUT_FORMAT={name} {message}"})
	var want []string
	for i := range 16 {
		for j := range 100 {
			want = append(want, fmt.Sprintf("concurrent.child%d %d %d %s", i, i, j, strings.Repeat("x", 2000)))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %d lines, want %d", len(got), len(want))
		for _, line := range got {
			if _, found := slices.BinarySearch(want, line); !found {
				t.Errorf("unexpected: %.200q", line)
			}
		}
	}
}

func logWithChangedLevel() {
	initWithOSArgs()
	n, err := rclgo.NewNode("again", "")
	must(err)
	must(n.Logger().Debug("1"))
	args, _, err := rclgo.ParseArgs([]string{"--ros-args", "--log-level", "again:=debug"})
	must(err)
	must(rclgo.InitLogging(args))
	must(n.Logger().Debug("2"))
	// A later context does not change the configuration.
	args, _, err = rclgo.ParseArgs([]string{"--ros-args", "--log-level", "again:=fatal"})
	must(err)
	c, err := rclgo.NewContext(0, args)
	must(err)
	must(n.Logger().Debug("3"))
	must(c.Close())
	must(n.Logger().Debug("4"))
	must(rclgo.Uninit())
}

func TestLoggingIsConfiguredAnewOnlyByInitLogging(t *testing.T) {
	got := run(t, "again", []string{"RCUTILS_CONSOLE_OUTPUT_FORMAT={name} {message}"})
	got = slices.DeleteFunc(got, func(line string) bool { return !strings.HasPrefix(line, "again ") })
	if want := []string{"again 2", "again 3", "again 4"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoggerNamesAndLevels(t *testing.T) {
	a := rclgo.GetLogger("tree")
	b := a.Child("branch")
	c := b.Child("leaf.vein")
	if got, want := c.Name(), "tree.branch.leaf.vein"; got != want {
		t.Errorf("name: got %q, want %q", got, want)
	}
	if c.Parent().Parent() != b || b.Parent() != a || a.Parent() != rclgo.GetLogger("") || a.Parent().Parent() != rclgo.GetLogger("") {
		t.Error("a parent is not the one that the child was made by")
	}
	if rclgo.GetLogger("").Child("tree") != a {
		t.Error("the default logger's child has another name")
	}
	for _, bad := range []string{".", ".a", "a.", "a..b", "a\x00b"} {
		if l := rclgo.GetLogger(bad); l != nil {
			t.Errorf("GetLogger(%q) = %q, want nil", bad, l.Name())
		}
		if l := a.Child(bad); l != nil {
			t.Errorf("Child(%q) = %q, want nil", bad, l.Name())
		}
	}
	if l := a.Child(""); l != nil {
		t.Errorf("Child of empty name = %q, want nil", l.Name())
	}

	level := func(get func() (rclgo.LogSeverity, error)) rclgo.LogSeverity {
		t.Helper()
		s, err := get()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := b.SetLevel(rclgo.LogSeverityError); err != nil {
		t.Fatal(err)
	}
	if got := level(b.Level); got != rclgo.LogSeverityError {
		t.Errorf("level of b: %v", got)
	}
	if got := level(c.Level); got != rclgo.LogSeverityUnset {
		t.Errorf("level of c: %v", got)
	}
	if got := level(c.EffectiveLevel); got != rclgo.LogSeverityError {
		t.Errorf("effective level of c: %v", got)
	}
	if c.IsEnabledFor(rclgo.LogSeverityWarn) || !c.IsEnabledFor(rclgo.LogSeverityError) {
		t.Error("c does not have the level of b")
	}
	if err := b.SetLevel(rclgo.LogSeverityUnset); err != nil {
		t.Fatal(err)
	}
	if got := level(c.EffectiveLevel); got != level(rclgo.GetLogger("").Level) {
		t.Errorf("effective level of c: %v, want the default's", got)
	}
	wantError[*rclgo.InvalidArgument](t, "SetLevel", a.SetLevel(7))
	wantError[*rclgo.InvalidArgument](t, "Log", a.Log(7, "x"))
	wantError[*rclgo.InvalidArgument](t, "Log unset", a.Log(rclgo.LogSeverityUnset, "x"))
}

func TestLogSeverityNames(t *testing.T) {
	for s, want := range map[rclgo.LogSeverity]string{0: "UNSET", 10: "DEBUG", 20: "INFO", 30: "WARN", 40: "ERROR", 50: "FATAL", 7: "LogSeverity(7)"} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDisabledMessagesAreNotFormatted(t *testing.T) {
	if err := rclgo.GetLogger("quiet").Debugf("%v", unformattable{t}); err != nil {
		t.Error(err)
	}
}

type unformattable struct{ t *testing.T }

func (u unformattable) String() string {
	u.t.Error("formatted")
	return ""
}

func TestNodesAndTheirChildrenLogToRosout(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "talkative")
	got := make(chan testmsg.Log, 100)
	qos := rclgo.NewDefaultQosProfile()
	qos.Durability = rclgo.DurabilityTransientLocal
	if _, err := newNode(t, c, "listener").NewSubscription("/rosout", testmsg.LogTypeSupport, &rclgo.SubscriptionOptions{Qos: qos}, func(s *rclgo.Subscription) {
		var m testmsg.Log
		if _, err := s.TakeMessage(&m); err != nil {
			t.Error(err)
		}
		if strings.HasPrefix(m.Name, "talkative") {
			got <- m
		}
	}); err != nil {
		t.Fatal(err)
	}
	spin(t, c.Spin)
	for _, l := range []*rclgo.Logger{n.Logger(), n.Logger().Child("branch"), n.Logger().Child("branch").Child("leaf"), n.Logger().Child("branch")} {
		line := here() + 1
		if err := l.Warn("100% of ", l.Name()); err != nil {
			t.Fatal(err)
		}
		m := receive(t, got)
		want := testmsg.Log{Level: 30, Name: l.Name(), Msg: "100% of " + l.Name(), File: m.File, Line: uint32(line),
			Function: "github.com/tiiuae/rclgo/pkg/rclgo_test.TestNodesAndTheirChildrenLogToRosout"}
		if m != want || filepath.Base(m.File) != "logger_test.go" {
			t.Errorf("got %+v, want %+v", m, want)
		}
	}
}
