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

	// PublicationSequenceNumber counts the publisher's messages: a message that is missing
	// leaves a step. [UnsupportedSequenceNumber] if the middleware does not know.
	PublicationSequenceNumber uint64
}

// UnsupportedSequenceNumber is the number of a message whose middleware does not count.
const UnsupportedSequenceNumber = C.RMW_MESSAGE_INFO_SEQUENCE_NUMBER_UNSUPPORTED

func messageInfo(info *C.rmw_message_info_t) *MessageInfo {
	m := &MessageInfo{
		SourceTimestamp:   timestamp(info.source_timestamp),
		ReceivedTimestamp: timestamp(info.received_timestamp),
		FromIntraProcess:  bool(info.from_intra_process),

		PublicationSequenceNumber: uint64(info.publication_sequence_number),
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
