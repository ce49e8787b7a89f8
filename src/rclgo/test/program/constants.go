package main

import (
	msgs "rclgo_test/msgs/rclgo_test_msgs/msg"
	srvs "rclgo_test/msgs/rclgo_test_msgs/srv"
)

// constants are the constants of each type. There is no way to find constants
// of Go at run time; the tests compare names too, so one that lacks here is
// noticed.
var constants = map[string]any{
	"OnlyConstants": map[string]any{
		"WORD_TRUE":           msgs.OnlyConstants_WORD_TRUE,
		"WORD_FALSE":          msgs.OnlyConstants_WORD_FALSE,
		"TRUE_DIGIT":          msgs.OnlyConstants_TRUE_DIGIT,
		"BYTE_MAX":            msgs.OnlyConstants_BYTE_MAX,
		"BYTE_HEX":            msgs.OnlyConstants_BYTE_HEX,
		"CHAR_MAX":            msgs.OnlyConstants_CHAR_MAX,
		"CHAR_A":              msgs.OnlyConstants_CHAR_A,
		"MIN_INT8":            msgs.OnlyConstants_MIN_INT8,
		"MAX_INT8":            msgs.OnlyConstants_MAX_INT8,
		"MAX_UINT8":           msgs.OnlyConstants_MAX_UINT8,
		"MIN_INT16":           msgs.OnlyConstants_MIN_INT16,
		"MAX_INT16":           msgs.OnlyConstants_MAX_INT16,
		"UINT16_HEX":          msgs.OnlyConstants_UINT16_HEX,
		"MIN_INT32":           msgs.OnlyConstants_MIN_INT32,
		"MAX_INT32":           msgs.OnlyConstants_MAX_INT32,
		"INT32_LEADING_ZERO":  msgs.OnlyConstants_INT32_LEADING_ZERO,
		"INT32_NEGATIVE_HEX":  msgs.OnlyConstants_INT32_NEGATIVE_HEX,
		"UINT32_BINARY":       msgs.OnlyConstants_UINT32_BINARY,
		"UINT32_OCTAL":        msgs.OnlyConstants_UINT32_OCTAL,
		"UINT32_SEPARATED":    msgs.OnlyConstants_UINT32_SEPARATED,
		"MAX_UINT32":          msgs.OnlyConstants_MAX_UINT32,
		"MIN_INT64":           msgs.OnlyConstants_MIN_INT64,
		"MAX_INT64":           msgs.OnlyConstants_MAX_INT64,
		"MAX_UINT64":          msgs.OnlyConstants_MAX_UINT64,
		"FLOAT32_PI":          msgs.OnlyConstants_FLOAT32_PI,
		"FLOAT32_EXPONENT":    msgs.OnlyConstants_FLOAT32_EXPONENT,
		"FLOAT64_E":           msgs.OnlyConstants_FLOAT64_E,
		"FLOAT64_WHOLE":       msgs.OnlyConstants_FLOAT64_WHOLE,
		"FLOAT64_LARGE":       msgs.OnlyConstants_FLOAT64_LARGE,
		"FLOAT64_POINT_FIRST": msgs.OnlyConstants_FLOAT64_POINT_FIRST,
		"EMPTY":               msgs.OnlyConstants_EMPTY,
		"BARE":                msgs.OnlyConstants_BARE,
		"BARE_COMMENT":        msgs.OnlyConstants_BARE_COMMENT,
		"DOUBLE":              msgs.OnlyConstants_DOUBLE,
		"SINGLE":              msgs.OnlyConstants_SINGLE,
		"DOUBLE_IN_SINGLE":    msgs.OnlyConstants_DOUBLE_IN_SINGLE,
		"SINGLE_IN_DOUBLE":    msgs.OnlyConstants_SINGLE_IN_DOUBLE,
		"ESCAPED_DOUBLE":      msgs.OnlyConstants_ESCAPED_DOUBLE,
		"ESCAPED_SINGLE":      msgs.OnlyConstants_ESCAPED_SINGLE,
		"BACKSLASH":           msgs.OnlyConstants_BACKSLASH,
		"EQUALS":              msgs.OnlyConstants_EQUALS,
		"UNICODE":             msgs.OnlyConstants_UNICODE,
		"HEX_ESCAPE":          msgs.OnlyConstants_HEX_ESCAPE,
		"PERCENT":             msgs.OnlyConstants_PERCENT,
	},
	"Echo_Request": map[string]any{
		"SOME": srvs.Echo_Request_SOME,
	},
	"Echo_Response": map[string]any{
		"OTHER": srvs.Echo_Response_OTHER,
	},
}
