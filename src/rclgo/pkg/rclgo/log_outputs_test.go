package rclgo_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// patience is a test's deadline for events that take milliseconds.
const patience = time.Minute

// floodLines are more than a pipe, the console's queue and the log file's hold.
const floodLines = 5000

func logAFlood() {
	initWithOSArgs()
	n, err := rclgo.NewNode("flood", "")
	must(err)
	for i := range floodLines {
		must(n.Logger().Infof("line %d %s", i, strings.Repeat("x", 100)))
	}
	fmt.Println("logged")
	_, _ = io.ReadAll(os.Stdin)
	must(rclgo.Uninit())
	fmt.Println("ended")
}

// child is a program that runs beside the test.
type child struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Scanner
	stderr *os.File // to read from
}

func start(t *testing.T, program string, env []string) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), "RCLGO_TEST_PROGRAM="+program, fmt.Sprint("ROS_DOMAIN_ID=", otherDomain))
	c.Env = append(c.Env, env...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr, c.stderr = writer, reader
	stdin, errIn := c.StdinPipe()
	stdout, errOut := c.StdoutPipe()
	if err := errors.Join(errIn, errOut, c.Start(), writer.Close()); err != nil {
		t.Fatal(err)
	}
	c.stdin, c.stdout = stdin, bufio.NewScanner(stdout)
	late := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = reader.Close()
	})
	return c
}

// expect fails unless the program prints line next.
func (c *child) expect(t *testing.T, line string) {
	t.Helper()
	if !c.stdout.Scan() || c.stdout.Text() != line {
		t.Fatalf("the program stands still or has ended: got %q, want %q", c.stdout.Text(), line)
	}
}

var (
	floodLine   = regexp.MustCompile(`line (\d+) x+$`)
	missingLine = regexp.MustCompile(`(\d+) log lines are missing here: (.*) did not take them in time`)
)

// account returns the number of a flood's lines that are present, and of those
// reported missing. It fails unless each stands where it belongs.
func account(t *testing.T, where string, lines []string) (present, missing int) {
	t.Helper()
	for _, line := range lines {
		if m := missingLine.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[1])
			missing += n
		} else if m := floodLine.FindStringSubmatch(line); m != nil {
			if n, _ := strconv.Atoi(m[1]); n != present+missing {
				t.Fatalf("%s: line %d after %d lines and %d that are missing", where, n, present, missing)
			}
			present++
		}
	}
	return present, missing
}

func readLines(t *testing.T, from io.Reader) []string {
	t.Helper()
	all, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(all), "\n")
}

func readLogFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) != 1 {
		t.Fatalf("log files: %q, %v", files, err)
	}
	file, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return readLines(t, file)
}

func TestConsoleThatStandsStillHoldsUpNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := start(t, "flood", []string{"ROS_LOG_DIR=" + dir})
	c.expect(t, "logged")
	_ = c.stdin.Close()
	c.expect(t, "ended")
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	// The pipe holds the beginning.
	present, _ := account(t, "console", readLines(t, c.stderr))
	if present == 0 || present == floodLines {
		t.Errorf("%d lines on a console that nobody reads", present)
	}
	if present, missing := account(t, "log file", readLogFiles(t, dir)); present+missing != floodLines {
		t.Errorf("log file: %d lines, %d told to be missing, want %d in all", present, missing, floodLines)
	}
}

func TestMissingLinesAreToldWhenTheConsoleGoesOn(t *testing.T) {
	t.Parallel()
	c := start(t, "flood", nil)
	c.expect(t, "logged")
	var lines []string
	for scanner := bufio.NewScanner(c.stderr); scanner.Scan(); {
		lines = append(lines, scanner.Text())
		if missingLine.MatchString(scanner.Text()) {
			_ = c.stdin.Close()
		}
	}
	c.expect(t, "ended")
	present, missing := account(t, "console", lines)
	if missing == 0 || present+missing != floodLines {
		t.Errorf("%d lines, %d told to be missing, want %d in all", present, missing, floodLines)
	}
}

func TestConsoleThatIsGoneEndsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := start(t, "flood", []string{"ROS_LOG_DIR=" + dir})
	_ = c.stderr.Close()
	c.expect(t, "logged")
	_ = c.stdin.Close()
	c.expect(t, "ended")
	if present, missing := account(t, "log file", readLogFiles(t, dir)); present+missing != floodLines {
		t.Errorf("log file: %d lines, %d told to be missing, want %d in all", present, missing, floodLines)
	}
}

func logWithoutAFile() {
	initWithOSArgs()
	n, err := rclgo.NewNode("fileless", "")
	must(err)
	must(n.Logger().Info("captures"))
	must(rclgo.Uninit())
}

func TestWithoutALogFileTheNodeRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		why  string
	}{
		{"no home", []string{"HOME=", "ROS_HOME=", "ROS_LOG_DIR="}, nil, "none of ROS_LOG_DIR, ROS_HOME and HOME is set"},
		{"no folder", []string{"ROS_LOG_DIR=" + file + "/log"}, nil, "Failed to create log directory '" + file + "/log'"},
		// Of which the library tells by a C++ exception.
		{"impossible name", nil, []string{"--ros-args", "--log-file-name", strings.Repeat("n", 300)}, "File name too long"},
		{"configuration file", nil, []string{"--ros-args", "--log-config-file", file}, "doesn't currently support external configuration"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, "fileless", append(tt.env, "RCUTILS_CONSOLE_OUTPUT_FORMAT={severity} {name} {message}"), tt.args...)
			var told []string
			for _, line := range got {
				if strings.Contains(line, "log file") {
					told = append(told, line)
				}
			}
			if len(told) != 1 || !strings.HasPrefix(told[0], "WARN rclgo there is no log file: ") || !strings.Contains(told[0], tt.why) {
				t.Errorf("got %q, want one warning with %q", told, tt.why)
			}
			if !slices.Contains(got, "INFO fileless captures") {
				t.Errorf("got %q, want the node's line", got)
			}
		})
	}
}

func TestOutputsAreThoseOfTheArguments(t *testing.T) {
	const line = "captures"
	for _, tt := range []struct {
		args          string
		console, file bool
	}{
		{"", true, true},
		{"--disable-stdout-logs", false, true},
		{"--disable-external-lib-logs", true, false},
		{"--disable-stdout-logs --disable-external-lib-logs --enable-stdout-logs", true, false},
		{"-p x:=1 -r __ns:=/n --log-level info --disable-external-lib-logs --ros-args --enable-external-lib-logs", true, true},
		{"--log-file-name --disable-stdout-logs", true, true},
		{"--log-level warn", false, false},
		{"--log-level warn --log-level fileless:=info", true, false}, // rcl's: the file has the level of all
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := append([]string{"--ros-args"}, strings.Fields(tt.args)...)
			got := run(t, "fileless", []string{"ROS_LOG_DIR=" + dir, "RCUTILS_CONSOLE_OUTPUT_FORMAT={message}"}, args...)
			if slices.Contains(got, line) != tt.console {
				t.Errorf("console: %q", got)
			}
			var inFile []string
			if files, _ := filepath.Glob(filepath.Join(dir, "*.log")); len(files) > 0 {
				inFile = readLogFiles(t, dir)
			}
			if slices.Contains(inFile, line) != tt.file {
				t.Errorf("log file: %q", inFile)
			}
		})
	}
}

// hung is a library of log files whose function stands still.
const hung = `
#include <unistd.h>
int rcl_logging_external_initialize(const char * n, const char * c, ...) { HANG_OPEN; return 0; }
int rcl_logging_external_set_logger_level(const char * n, int l) { return 0; }
int rcl_logging_external_shutdown(void) { return 0; }
void rcl_logging_external_log(int s, const char * n, const char * m) { HANG_WRITE; }
`

func TestLogFileThatHangsHoldsUpNothing(t *testing.T) {
	for _, hangs := range []string{"OPEN", "WRITE"} {
		t.Run(hangs, func(t *testing.T) {
			t.Parallel()
			library := filepath.Join(t.TempDir(), "hung.so")
			cc := exec.Command("cc", "-shared", "-fPIC", "-xc", "-DHANG_OPEN", "-DHANG_WRITE", "-UHANG_"+hangs, "-DHANG_"+hangs+"=pause()", "-o", library, "-")
			cc.Stdin = strings.NewReader(hung)
			if out, err := cc.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			c := start(t, "flood", []string{"LD_PRELOAD=" + library})
			read := make(chan []string)
			go func() { read <- readLines(t, c.stderr) }()
			c.expect(t, "logged")
			_ = c.stdin.Close()
			c.expect(t, "ended")
			if present, missing := account(t, "console", <-read); present == 0 || present+missing != floodLines {
				t.Errorf("%d lines, %d told to be missing, want %d in all", present, missing, floodLines)
			}
		})
	}
}

func logInColour() {
	l := rclgo.GetLogger("colour")
	for _, s := range []rclgo.LogSeverity{20, 30, 40, 50} {
		must(l.Log(s, "x"))
	}
}

func TestConsoleIsColouredAsRclsIs(t *testing.T) {
	t.Parallel()
	format := "RCUTILS_CONSOLE_OUTPUT_FORMAT={message}"
	plain := []string{"x", "x", "x", "x"}
	if got := run(t, "colour", []string{format}); !slices.Equal(got, plain) {
		t.Errorf("no terminal: %q", got)
	}
	coloured := []string{"\x1b[0mx\x1b[0m", "\x1b[33mx\x1b[0m", "\x1b[31mx\x1b[0m", "\x1b[31mx\x1b[0m"}
	if got := run(t, "colour", []string{format, "RCUTILS_COLORIZED_OUTPUT=1"}); !slices.Equal(got, coloured) {
		t.Errorf("colours asked for: %q", got)
	}
}

func logAndCountThreads() {
	initWithOSArgs()
	must(rclgo.GetLogger("threads").Info("x"))
	must(rclgo.Uninit())
	// A thread that has been joined is listed for a moment more.
	left := threadsOfTheLog()
	for end := time.Now().Add(deadline); len(left) > 0 && time.Now().Before(end); left = threadsOfTheLog() {
		time.Sleep(time.Millisecond)
	}
	for _, name := range left {
		fmt.Fprintf(os.Stderr, "thread left: %s", name)
	}
}

// threadsOfTheLog returns the names of the process's threads that write the log.
func threadsOfTheLog() (names []string) {
	paths, err := filepath.Glob("/proc/self/task/*/comm")
	must(err)
	for _, path := range paths {
		if comm, err := os.ReadFile(path); err == nil && strings.HasPrefix(string(comm), "log_") {
			names = append(names, string(comm))
		}
	}
	return names
}

func TestUninitLeavesNoThreadOfTheLog(t *testing.T) {
	t.Parallel()
	for _, line := range run(t, "threads", nil) {
		if strings.Contains(line, "left") {
			t.Error(line)
		}
	}
}

func TestRcutilsCodesAreNotReadAsRcls(t *testing.T) {
	const rcutilsError = 2 // RCL_RET_TIMEOUT is the same number
	wantError[*rclgo.Error](t, "rcutils", rclgo.NewRcutilsError(rcutilsError, "set a level"))
}
