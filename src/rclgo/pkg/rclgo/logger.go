package rclgo

/*
#include <stdlib.h>
#include "logging.h"

// All of rcutils' functions of loggers may write to its table of levels, where
// it keeps levels that it has worked out.

static bool logger_is_enabled_for(const char * name, int severity)
{
  rclgo_logging_lock();
  RCUTILS_LOGGING_AUTOINIT;
  bool enabled = rcutils_logging_logger_is_enabled_for(name, severity);
  rclgo_logging_unlock();
  return enabled;
}

// The text is an argument and never the format: it may contain anything.
static void logger_log(
  const rcutils_log_location_t * location, int severity, const char * name, const char * text)
{
  rclgo_logging_lock();
  RCUTILS_LOGGING_AUTOINIT;
  rcutils_log(location, severity, name, "%s", text);
  rclgo_logging_unlock();
}

static int logger_level(const char * name)
{
  rclgo_logging_lock();
  RCUTILS_LOGGING_AUTOINIT;
  int level = rcutils_logging_get_logger_level(name);
  rclgo_logging_unlock();
  return level;
}

static int logger_effective_level(const char * name)
{
  rclgo_logging_lock();
  RCUTILS_LOGGING_AUTOINIT;
  int level = rcutils_logging_get_logger_effective_level(name);
  rclgo_logging_unlock();
  return level;
}

static rcutils_ret_t logger_set_level(const char * name, int level)
{
  rclgo_logging_lock();
  RCUTILS_LOGGING_AUTOINIT;
  rcutils_ret_t ret = rcutils_logging_set_logger_level(name, level);
  rclgo_logging_unlock();
  return ret;
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// Logger logs through the logging of ROS 2: to the console as
// RCUTILS_CONSOLE_OUTPUT_FORMAT says, to the log file, and to /rosout if it is
// the logger of a node. Before logging is configured, see InitLogging, and after
// the last Context is closed, it logs to the console only.
//
// Methods named Log take the severity; the others are named after it. Those that
// end in f and ln format their arguments as fmt.Printf and fmt.Println do, the
// others as fmt.Print does. A NUL in a message, at which C would end it, is
// written as \x00.
type Logger struct {
	name  string
	cname *C.char // never freed: see loggers
}

// loggers holds all loggers by name. A name is kept for good, so that there is
// nothing to free, as literals in C would be.
var loggers struct {
	sync.Mutex
	byName map[string]*Logger
}

// GetLogger returns the logger of a name, whose parts are separated by dots, or
// the default logger if name is empty, or nil if a part is empty or contains a
// NUL.
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
	if rc := C.logger_set_level(l.cname, C.int(level)); rc != C.RCUTILS_RET_OK {
		return newError(rc, "set level of logger %q to %v", l.name, level)
	}
	return nil
}

// IsEnabledFor returns whether l lets messages of the severity through.
func (l *Logger) IsEnabledFor(level LogSeverity) bool {
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

// log logs text's result if l lets the severity through. The location is that of
// the caller's caller.
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
	ctext := C.CString(strings.ReplaceAll(text(), "\x00", `\x00`))
	defer C.free(unsafe.Pointer(ctext))
	C.logger_log(location, C.int(level), l.cname, ctext)
	return nil
}

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
