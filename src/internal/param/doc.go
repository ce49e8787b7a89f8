// Package param holds the parameters of a node: one table declares each of them
// with its default, and everything else follows from the table.
//
// A [Table] is an ordered list of [Declaration]. [Table.Resolve] makes the
// values a node starts with, a [Set], of the defaults and of the user's
// [Overrides] from parameter files and the command line; it refuses values that the
// table does not allow, and warns of values that nobody will read.
// [Table.Validate] and [Set.With] do the same for one value at run time.
// [WriteYAML] and [WriteMarkdown] print the documentation of a table.
//
// The rules are those of rclcpp: types are fixed, an integer is not taken for a
// double, ranges are inclusive. This package knows no C: package
// param/override fills Overrides by rcl's own parser.
package param
