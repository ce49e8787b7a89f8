package rclgo

// #include <rmw/types.h>
import "C"

import "time"

// MessageInfo describes a message that was taken.
type MessageInfo struct {
	SourceTimestamp   time.Time // of publishing; zero if the middleware does not know
	ReceivedTimestamp time.Time // of arrival; zero if the middleware does not know
	FromIntraProcess  bool
	PublisherGID      GID // zero if the middleware does not know
}

func messageInfo(info *C.rmw_message_info_t) *MessageInfo {
	m := &MessageInfo{
		SourceTimestamp:   timestamp(info.source_timestamp),
		ReceivedTimestamp: timestamp(info.received_timestamp),
		FromIntraProcess:  bool(info.from_intra_process),
	}
	for i, b := range info.publisher_gid.data {
		m.PublisherGID[i] = byte(b)
	}
	return m
}

// timestamp converts nanoseconds of system time, of which middlewares give 0
// for unknown.
func timestamp(ns C.rmw_time_point_value_t) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(ns))
}
