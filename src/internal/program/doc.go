// Package program is the frame that all executables share: signals and an end in time,
// exit statuses, standard output, --help and --version, ROS's arguments, ROS's start and
// its errors, profiles.
//
// An executable fills in a [Program] and calls [Program.Main]. Its Run gets a [Start], from
// which it makes ROS's context by [Start.WithROS].
package program
