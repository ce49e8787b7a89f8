package rclgo

/*
#include <stdlib.h>
#include "logging.h"

// All of rcutils' functions of loggers may write to its table of levels, where
// it keeps levels that it has worked out.

static bool logger_is_enabled_for(const char * name, int severity)
{
  rclgo_levels_lock();
  RCUTILS_LOGGING_AUTOINIT;
  bool enabled = rcutils_logging_logger_is_enabled_for(name, severity);
  rclgo_levels_unlock();
  return enabled;
}

// The text is an argument and never the format: it may contain anything.
static void logger_log(
  const rcutils_log_location_t * location, int severity, const char * name, const char * text)
{
  rclgo_levels_lock();
  RCUTILS_LOGGING_AUTOINIT;
  rcutils_log(location, severity, name, "%s", text);
  rclgo_levels_unlock();
}

static int logger_level(const char * name)
{
  rclgo_levels_lock();
  RCUTILS_LOGGING_AUTOINIT;
  int level = rcutils_logging_get_logger_level(name);
  rclgo_levels_unlock();
  return level;
}

static int logger_effective_level(const char * name)
{
  rclgo_levels_lock();
  RCUTILS_LOGGING_AUTOINIT;
  int level = rcutils_logging_get_logger_effective_level(name);
  rclgo_levels_unlock();
  return level;
}

static rcutils_ret_t logger_set_level(const char * name, int level)
{
  rclgo_levels_lock();
  RCUTILS_LOGGING_AUTOINIT;
  rcutils_ret_t ret = rcutils_logging_set_logger_level(name, level);
  rclgo_levels_unlock();
  return ret;
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// Logger logs through the logging of ROS 2: to the console as
// RCUTILS_CONSOLE_OUTPUT_FORMAT says, to the log file, and to /rosout if it is
// the logger of a node. Before logging is configured, see InitLogging, and after
// the last Context is closed, it logs to the console only.
//
// A call waits for none of the three: each has a queue of 1000 lines, at most 1
// MiB, and a thread of its own. Lines beyond it are left out, and one in their place
// gives their number. The last Context's Close waits for all outputs for half a
// second at most. So does each call without a Context, since the program may be
// about to end.
//
// Methods named Log take the severity; the others are named after it. Those that
// end in f and ln format their arguments as fmt.Printf and fmt.Println do, the
// others as fmt.Print does. Control characters in a message except tabs are written
// as in Go's source, as are bytes that are no UTF-8: a message is one line, whatever
// the origin of its parts, and leaves the terminal as it was.
type Logger struct {
	name  string
	cname *C.char // never freed: see loggers
}

// loggers holds all loggers by name. A name is never freed, like a literal of C.
var loggers struct {
	sync.Mutex
	byName map[string]*Logger
}

// GetLogger returns the logger of a name, whose parts are separated by dots. An
// empty name is that of the default logger. A name with an empty part, or a NUL,
// gives nil.
func GetLogger(name string) *Logger {
	if strings.ContainsRune(name, 0) || name != "" && strings.Contains("."+name+".", "..") {
		return nil
	}
	loggers.Lock()
	defer loggers.Unlock()
	if l, ok := loggers.byName[name]; ok {
		return l
	}
	if loggers.byName == nil {
		loggers.byName = map[string]*Logger{}
	}
	l := &Logger{name: name, cname: C.CString(name)}
	loggers.byName[name] = l
	return l
}

// Name returns the name of l.
func (l *Logger) Name() string { return l.name }

// Child returns the logger below l of the given name, or nil if that is empty,
// has an empty part, or contains a NUL. If l publishes to /rosout, so does the
// child, until the node is closed.
func (l *Logger) Child(name string) *Logger {
	if name == "" {
		return nil
	}
	if l.name == "" {
		return GetLogger(name)
	}
	child := GetLogger(l.name + "." + name)
	if child != nil {
		addSublogger(l.name, name)
	}
	return child
}

// Parent returns the logger above l, which is the default logger if l's name has
// one part, or none.
func (l *Logger) Parent() *Logger {
	i := strings.LastIndexByte(l.name, '.')
	return GetLogger(l.name[:max(i, 0)])
}

// Level returns the level of l itself, LogSeverityUnset if it has none.
func (l *Logger) Level() (LogSeverity, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	startLogging()
	level := C.logger_level(l.cname)
	if level < 0 {
		return 0, newError(C.RCL_RET_ERROR, "get level of logger %q", l.name)
	}
	return LogSeverity(level), nil
}

// EffectiveLevel returns the level of l or, if it has none, of the closest
// logger above that has one.
func (l *Logger) EffectiveLevel() (LogSeverity, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	startLogging()
	level := C.logger_effective_level(l.cname)
	if level < 0 {
		return 0, newError(C.RCL_RET_ERROR, "get effective level of logger %q", l.name)
	}
	return LogSeverity(level), nil
}

// SetLevel sets the level of l. LogSeverityUnset takes it away.
func (l *Logger) SetLevel(level LogSeverity) error {
	if level != LogSeverityUnset && !level.canLog() {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "no such severity", "set level of logger %q to %v", l.name, level)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	startLogging()
	if rc := C.logger_set_level(l.cname, C.int(level)); rc != C.RCUTILS_RET_OK {
		return newRcutilsError(rc, "set level of logger %q to %v", l.name, level)
	}
	return nil
}

// IsEnabledFor reports whether l lets messages of the severity through.
func (l *Logger) IsEnabledFor(level LogSeverity) bool {
	startLogging()
	return bool(C.logger_is_enabled_for(l.cname, C.int(level)))
}

// Log logs at the given severity.
func (l *Logger) Log(level LogSeverity, a ...interface{}) error {
	return l.log(level, func() string { return fmt.Sprint(a...) })
}

// Logf logs at the given severity.
func (l *Logger) Logf(level LogSeverity, format string, a ...interface{}) error {
	return l.log(level, func() string { return fmt.Sprintf(format, a...) })
}

// Logln logs at the given severity.
func (l *Logger) Logln(level LogSeverity, a ...interface{}) error {
	return l.log(level, func() string { return sprintln(a) })
}

// Debug logs at LogSeverityDebug.
func (l *Logger) Debug(a ...interface{}) error {
	return l.log(LogSeverityDebug, func() string { return fmt.Sprint(a...) })
}

// Debugf logs at LogSeverityDebug.
func (l *Logger) Debugf(format string, a ...interface{}) error {
	return l.log(LogSeverityDebug, func() string { return fmt.Sprintf(format, a...) })
}

// Debugln logs at LogSeverityDebug.
func (l *Logger) Debugln(a ...interface{}) error {
	return l.log(LogSeverityDebug, func() string { return sprintln(a) })
}

// Info logs at LogSeverityInfo.
func (l *Logger) Info(a ...interface{}) error {
	return l.log(LogSeverityInfo, func() string { return fmt.Sprint(a...) })
}

// Infof logs at LogSeverityInfo.
func (l *Logger) Infof(format string, a ...interface{}) error {
	return l.log(LogSeverityInfo, func() string { return fmt.Sprintf(format, a...) })
}

// Infoln logs at LogSeverityInfo.
func (l *Logger) Infoln(a ...interface{}) error {
	return l.log(LogSeverityInfo, func() string { return sprintln(a) })
}

// Warn logs at LogSeverityWarn.
func (l *Logger) Warn(a ...interface{}) error {
	return l.log(LogSeverityWarn, func() string { return fmt.Sprint(a...) })
}

// Warnf logs at LogSeverityWarn.
func (l *Logger) Warnf(format string, a ...interface{}) error {
	return l.log(LogSeverityWarn, func() string { return fmt.Sprintf(format, a...) })
}

// Warnln logs at LogSeverityWarn.
func (l *Logger) Warnln(a ...interface{}) error {
	return l.log(LogSeverityWarn, func() string { return sprintln(a) })
}

// Error logs at LogSeverityError.
func (l *Logger) Error(a ...interface{}) error {
	return l.log(LogSeverityError, func() string { return fmt.Sprint(a...) })
}

// Errorf logs at LogSeverityError.
func (l *Logger) Errorf(format string, a ...interface{}) error {
	return l.log(LogSeverityError, func() string { return fmt.Sprintf(format, a...) })
}

// Errorln logs at LogSeverityError.
func (l *Logger) Errorln(a ...interface{}) error {
	return l.log(LogSeverityError, func() string { return sprintln(a) })
}

// Fatal logs at LogSeverityFatal. The program goes on.
func (l *Logger) Fatal(a ...interface{}) error {
	return l.log(LogSeverityFatal, func() string { return fmt.Sprint(a...) })
}

// Fatalf logs at LogSeverityFatal. The program goes on.
func (l *Logger) Fatalf(format string, a ...interface{}) error {
	return l.log(LogSeverityFatal, func() string { return fmt.Sprintf(format, a...) })
}

// Fatalln logs at LogSeverityFatal. The program goes on.
func (l *Logger) Fatalln(a ...interface{}) error {
	return l.log(LogSeverityFatal, func() string { return sprintln(a) })
}

// sprintln is fmt.Sprintln without the newline, which the log adds itself.
func sprintln(a []interface{}) string {
	return strings.TrimSuffix(fmt.Sprintln(a...), "\n")
}

// log logs the result of text if l lets the severity through. The location is that
// of the caller's caller.
func (l *Logger) log(level LogSeverity, text func() string) error {
	if !level.canLog() {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "no such severity", "log at %v", level)
	}
	if !l.IsEnabledFor(level) {
		return nil
	}
	var pc [1]uintptr
	runtime.Callers(3, pc[:]) // 0 is Callers, 1 this function, 2 the method
	location := logLocation(pc[0])
	ctext := C.CString(oneLine(text()))
	defer C.free(unsafe.Pointer(ctext))
	C.logger_log(location, C.int(level), l.cname, ctext)
	if !logging.configured.Load() {
		// The program may be about to end.
		flushLogs(logLimit)
	}
	return nil
}

// oneLine returns text with escapes in place of characters that break a line.
func oneLine(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, breaksLine) {
		return text
	}
	var line strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if part := text[:size]; r == utf8.RuneError && size == 1 || breaksLine(r) {
			quoted := strconv.QuoteToASCII(part)
			line.WriteString(quoted[1 : len(quoted)-1])
		} else {
			line.WriteString(part)
		}
		text = text[size:]
	}
	return line.String()
}

// breaksLine reports whether a character ends a line, moves the cursor, or changes
// the direction of the text that follows.
func breaksLine(r rune) bool {
	return r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Flush waits, at most timeout, until all that was logged before, by any logger,
// is written, and reports whether it is. Call it before os.Exit.
func (l *Logger) Flush(timeout time.Duration) bool { return flushLogs(timeout) }

// logLocations holds the location of each program counter that has logged, for
// good: as many as there are calls in the source.
var logLocations sync.Map // uintptr → *C.rcutils_log_location_t

func logLocation(pc uintptr) *C.rcutils_log_location_t {
	if location, ok := logLocations.Load(pc); ok {
		return location.(*C.rcutils_log_location_t)
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	location := (*C.rcutils_log_location_t)(C.calloc(1, C.sizeof_rcutils_log_location_t))
	location.function_name = C.CString(frame.Function)
	location.file_name = C.CString(frame.File)
	location.line_number = C.size_t(frame.Line)
	if other, loaded := logLocations.LoadOrStore(pc, location); loaded {
		// Another goroutine was faster.
		C.free(unsafe.Pointer(location.function_name))
		C.free(unsafe.Pointer(location.file_name))
		C.free(unsafe.Pointer(location))
		return other.(*C.rcutils_log_location_t)
	}
	return location
}
