package rclgo_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

func TestSubscriptionReceivesWhatIsPublished(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "pubsub")
	p, err := n.NewPublisher("~/text", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	type received struct {
		data string
		info *rclgo.MessageInfo
		err  error
	}
	got := make(chan received, 10)
	s, err := n.NewSubscription("~/text", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) {
		var m testmsg.String
		info, err := s.TakeMessage(&m)
		got <- received{m.Data, info, err}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "/pubsub/text"; p.TopicName != want || s.TopicName != want {
		t.Errorf("topics are %q and %q, want %q", p.TopicName, s.TopicName, want)
	}
	spin(t, n.Spin)
	matched(t, p, 1)
	if count, err := s.GetPublisherCount(); count != 1 || err != nil {
		t.Errorf("GetPublisherCount() = %d, %v, want 1", count, err)
	}
	before := time.Now()
	for i, want := range []string{"", "text", "日本 %s %n", strings.Repeat("x", 1<<16)} {
		if err := p.Publish(&testmsg.String{Data: want}); err != nil {
			t.Fatal(err)
		}
		r := receive(t, got)
		if r.err != nil || r.data != want {
			t.Fatalf("got %q, %v, want %q", r.data, r.err, want)
		}
		if publishers, err := n.GetPublishersInfoByTopic(p.TopicName, false); err != nil || len(publishers) != 1 || r.info.PublisherGID != publishers[0].EndpointGID {
			t.Errorf("published by %v, want %+v (%v)", r.info.PublisherGID, publishers, err)
		}
		if d := r.info.SourceTimestamp.Sub(before); d < -time.Second || d > deadline {
			t.Errorf("source stamp is %v after publishing", d)
		}
		if number := r.info.PublicationSequenceNumber; number != uint64(i)+1 {
			t.Errorf("message %d has the number %d", i+1, number)
		}
	}
}

// cdr is the serialized form of a String: the header of little-endian CDR, then
// the length with the terminating NUL, then the text.
func cdr(text string) []byte {
	b := []byte{0, 1, 0, 0, byte(len(text) + 1), 0, 0, 0}
	return append(append(b, text...), 0)
}

func TestSerializedMessagesGoThroughUnchanged(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "serialized")
	p, err := n.NewPublisher("serialized", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan []byte, 1)
	if _, err = n.NewSubscription("serialized", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) {
		msg, info, err := s.TakeSerializedMessage()
		if err != nil || info == nil {
			t.Errorf("take: %v, %v", info, err)
		}
		got <- msg
	}); err != nil {
		t.Fatal(err)
	}
	spin(t, n.Spin)
	matched(t, p, 1)
	if err := p.PublishSerialized(cdr("hello")); err != nil {
		t.Fatal(err)
	}
	if msg := receive(t, got); !bytes.HasPrefix(msg, cdr("hello")) {
		t.Errorf("got %q, want %q", msg, cdr("hello"))
	}
}

func TestSerializeAndDeserializeAreInverse(t *testing.T) {
	buf, err := rclgo.Serialize(&testmsg.String{Data: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(buf, cdr("hello")) {
		t.Errorf("Serialize: got %q, want %q", buf, cdr("hello"))
	}
	msg, err := rclgo.Deserialize(buf, testmsg.StringTypeSupport)
	if err != nil {
		t.Fatal(err)
	}
	if got := msg.(*testmsg.String).Data; got != "hello" {
		t.Errorf("Deserialize: got %q, want %q", got, "hello")
	}
	for _, bad := range [][]byte{nil, {}, {0, 1, 0, 0}, cdr("hello")[:10]} {
		if _, err := rclgo.Deserialize(bad, testmsg.StringTypeSupport); err == nil {
			t.Errorf("Deserialize(%q): no error", bad)
		}
	}
}

func TestTakeWithoutMessageIsATypedError(t *testing.T) {
	c := newContext(t, domain)
	s, err := newNode(t, c, "taker").NewSubscription("nothing", testmsg.StringTypeSupport, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := testmsg.String{Data: "before"}
	_, err = s.TakeMessage(&out)
	wantError[*rclgo.SubscriptionTakeFailed](t, "TakeMessage", err)
	if out.Data != "before" {
		t.Errorf("message was changed to %q", out.Data)
	}
	_, _, err = s.TakeSerializedMessage()
	wantError[*rclgo.SubscriptionTakeFailed](t, "TakeSerializedMessage", err)
}

func TestMessageOfAnotherTypeIsRefused(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "types")
	p, err := n.NewPublisher("types", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := n.NewSubscription("types", testmsg.StringTypeSupport, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantError[*rclgo.InvalidArgument](t, "Publish", p.Publish(&testmsg.Bytes{}))
	wantError[*rclgo.InvalidArgument](t, "Publish nil", p.Publish(nil))
	wantError[*rclgo.InvalidArgument](t, "PublishSerialized nil", p.PublishSerialized(nil))
	_, err = s.TakeMessage(&testmsg.Bytes{})
	wantError[*rclgo.InvalidArgument](t, "TakeMessage", err)
	_, err = s.TakeMessage(nil)
	wantError[*rclgo.InvalidArgument](t, "TakeMessage nil", err)
	_, err = rclgo.Serialize(nil)
	wantError[*rclgo.InvalidArgument](t, "Serialize nil", err)
}

func TestPublishDoesNotAllocate(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "alloc")
	qos := rclgo.NewDefaultQosProfile()
	qos.Depth = 1
	p, err := n.NewPublisher("alloc", testmsg.BytesTypeSupport, &rclgo.PublisherOptions{Qos: qos})
	if err != nil {
		t.Fatal(err)
	}
	const size = 100_000
	m := testmsg.AllocBytes(size)
	defer m.Free()
	for i := range m.Slice() {
		m.Slice()[i] = byte(i * 7)
	}
	got := make(chan []byte, 1000)
	if _, err = n.NewSubscription("alloc", testmsg.BytesTypeSupport, nil, func(s *rclgo.Subscription) {
		var r testmsg.Bytes
		if _, err := s.TakeMessage(&r); err != nil {
			t.Error(err)
		}
		got <- r.Data
	}); err != nil {
		t.Fatal(err)
	}
	matched(t, p, 1)
	// Nothing is spun meanwhile: taking allocates, publishing must not.
	allocs := testing.AllocsPerRun(100, func() { err = errors.Join(err, p.Publish(m)) })
	if err != nil {
		t.Fatal(err)
	}
	if allocs != 0 {
		t.Errorf("Publish allocates %v times, want 0", allocs)
	}
	spin(t, n.Spin)
	if data := receive(t, got); !bytes.Equal(data, m.Slice()) {
		t.Errorf("got %d bytes that differ from the %d published", len(data), size)
	}
}

func BenchmarkPublish(b *testing.B) {
	c := newContext(b, domain)
	p, err := newNode(b, c, "benchmark").NewPublisher("benchmark", testmsg.BytesTypeSupport, nil)
	if err != nil {
		b.Fatal(err)
	}
	m := testmsg.AllocBytes(1 << 10)
	defer m.Free()
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Publish(m); err != nil {
			b.Fatal(err)
		}
	}
}
