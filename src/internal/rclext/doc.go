// Package rclext is the application's own cgo on rcl, outside the client library rclgo. It
// exists since upstream's rclgo, which may replace ours, lacks these:
//
//   - parameters.go: rcl's parser of parameter files and arguments, with its errors, before
//     there is a context
//   - middleware.c: an exit status of a configuration error where rcl ends the process
//     before main, since it cannot load RMW_IMPLEMENTATION
//   - middleware.go: the name of the middleware in use
//   - statemachine.go: the state machine of a managed node, by rcl_lifecycle, which upstream's
//     lacks, from the node's handle
//   - typedescription.go: the descriptions of a node's types, for ~/get_type_description, from
//     the node's handle
package rclext
