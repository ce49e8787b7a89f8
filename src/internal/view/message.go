package view

import (
	"encoding/binary"
	"encoding/json"
)

// Message is a message to a page.
type Message struct {
	Text bool   // Data is JSON; else a header and a payload, see binaryMessage
	Data []byte // read only: all viewers share it
}

// Kind is the kind of a stream.
type Kind string

// The kinds of streams.
const (
	Pictures    Kind = "pictures"
	Sound       Kind = "sound"
	Diagnostics Kind = "diagnostics"
)

// Stream is a topic that a page can show.
type Stream struct {
	Topic string `json:"topic"` // the full name; of the raw image where there is a compressed one, too
	Kind  Kind   `json:"kind"`
	Node  string `json:"node"` // the full name of the node that publishes it
}

// streamsMessage tells pages what there is.
type streamsMessage struct {
	Type    string   `json:"type"` // "streams"
	Streams []Stream `json:"streams"`
	LeftOut int      `json:"leftOut"` // number of further streams
}

// Picture is an image as a file that browsers show.
type Picture struct {
	Stamp   float64 // acquisition, [ms] since 1970
	Arrived float64 // arrival at av_view, [ms] since 1970
	Type    string  // the media type of File
	File    []byte  // must not change any more
}

// pictureHeader is the header of a picture.
type pictureHeader struct {
	Kind    Kind    `json:"kind"`
	Topic   string  `json:"topic"`
	Number  uint64  `json:"number"` // of the image, since the feed began: a step above 1 is left out for this page
	Stamp   float64 `json:"stamp"`
	Arrived float64 `json:"arrived"`
	Type    string  `json:"mediaType"`
}

// Block is consecutive audio frames.
type Block struct {
	Stamp    float64 `json:"stamp"`   // acquisition of the first audio frame, [ms] since 1970
	Arrived  float64 `json:"arrived"` // arrival at av_view, [ms] since 1970
	First    uint64  `json:"first"`   // index of the first audio frame
	Epoch    uint32  `json:"epoch"`
	Lost     uint64  `json:"lost"` // audio frames lost by the node since it started
	Rate     int     `json:"rate"` // [Hz]
	Channels int     `json:"channels"`
	Encoding string  `json:"encoding"`
	Data     []byte  `json:"-"` // interleaved; must not change any more
}

// blockHeader is the header of a block.
type blockHeader struct {
	Kind  Kind   `json:"kind"`
	Topic string `json:"topic"`
	Block
}

// Status is the status of a node, from /diagnostics.
type Status struct {
	Type    string      `json:"type"` // "status", set by Feed.Status
	Name    string      `json:"name"` // as in "camera: capture"
	Level   int         `json:"level"`
	Arrived float64     `json:"arrived"` // arrival at av_view, [ms] since 1970
	Message string      `json:"message"`
	Device  string      `json:"device"`
	Values  [][2]string `json:"values"`
}

// problemMessage tells pages why a topic cannot be shown.
type problemMessage struct {
	Type  string `json:"type"` // "problem"
	Topic string `json:"topic"`
	Text  string `json:"text"` // "" when it can be shown again
}

// textMessage returns a message of JSON.
func textMessage(content any) Message { return Message{Text: true, Data: mustJSON(content)} }

// binaryMessage returns a message of the length of the header in 4 bytes, the least
// significant first, the header in JSON, and the payload.
func binaryMessage(header any, payload []byte) Message {
	text := mustJSON(header)
	data := make([]byte, 0, 4+len(text)+len(payload))
	data = binary.LittleEndian.AppendUint32(data, uint32(len(text)))
	data = append(data, text...)
	return Message{Data: append(data, payload...)}
}

// mustJSON encodes structs of strings and finite numbers, which cannot fail.
func mustJSON(content any) []byte {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return text
}
