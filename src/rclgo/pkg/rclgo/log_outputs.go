package rclgo

// logOutputs holds the outputs of the log that arguments ask for, beside /rosout.
type logOutputs struct {
	console, file bool
	fileName      string // --log-file-name; empty is that of the executable
	configFile    string // --log-config-file
}

// logOutputsOf reads arguments that rcl has parsed, as rcl does, which keeps these
// to itself. The last of several counts.
func logOutputsOf(args []string) logOutputs {
	o := logOutputs{console: true, file: true}
	ros := false
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--ros-args":
			ros = true
			continue
		case !ros:
			continue
		}
		switch args[i] {
		case "--":
			ros = false
		case "--enable-stdout-logs", "--disable-stdout-logs":
			o.console = args[i] == "--enable-stdout-logs"
		case "--enable-external-lib-logs", "--disable-external-lib-logs":
			o.file = args[i] == "--enable-external-lib-logs"
		case "--log-file-name", "--log-config-file":
			if i+1 < len(args) && args[i] == "--log-file-name" {
				o.fileName = args[i+1]
			} else if i+1 < len(args) {
				o.configFile = args[i+1]
			}
			i++
		case "-p", "--param", "-r", "--remap", "--params-file", "--log-level", "-e", "--enclave":
			i++ // their values
		}
	}
	return o
}
