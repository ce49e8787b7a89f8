package rclgo_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

func newClient(t testing.TB, n *rclgo.Node, name string) *rclgo.Client {
	t.Helper()
	client, err := n.NewClient(name, testmsg.SetBoolTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func available(t testing.TB, client *rclgo.Client) {
	t.Helper()
	eventually(t, "finding the server", func() bool {
		ok, err := client.ServerIsAvailable()
		if err != nil {
			t.Fatal(err)
		}
		return ok
	})
}

func TestManyClientsGetTheirOwnResponses(t *testing.T) {
	const (
		nClients    = 8
		nGoroutines = 4
		nRequests   = 25
	)
	server, clients := newContext(t, domain), newContext(t, domain)
	n := newNode(t, server, "server")
	var mu sync.Mutex
	ids := map[rclgo.RequestID]int{}
	// With the default depth of 10 the middleware drops requests of which more
	// wait at a time. Responses too: Fast DDS gives each client those of all. So
	// there is room for everything.
	qos := rclgo.NewDefaultServiceQosProfile()
	qos.Depth = nClients * nGoroutines * nRequests
	if _, err := n.NewService("set", testmsg.SetBoolTypeSupport, &rclgo.ServiceOptions{Qos: qos}, func(info *rclgo.ServiceInfo, req types.Message, r rclgo.ServiceResponseSender) {
		mu.Lock()
		ids[info.RequestID]++
		mu.Unlock()
		data := req.(*testmsg.SetBoolRequest).Data
		if err := r.SendResponse(&testmsg.SetBoolResponse{Success: data, Message: fmt.Sprint(info.RequestID.SequenceNumber)}); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	spin(t, n.Spin)
	m := newNode(t, clients, "clients")
	spin(t, m.Spin)
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	var wg sync.WaitGroup
	for range nClients {
		client, err := m.NewClient("set", testmsg.SetBoolTypeSupport, &rclgo.ClientOptions{Qos: qos})
		if err != nil {
			t.Fatal(err)
		}
		available(t, client)
		for range nGoroutines {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range nRequests {
					resp, info, err := client.Send(ctx, &testmsg.SetBoolRequest{Data: i%3 == 0})
					if err != nil {
						t.Error(err)
						return
					}
					got := *resp.(*testmsg.SetBoolResponse)
					// Not all middlewares tell a client its own GUID.
					sequence := info.RequestID.SequenceNumber
					if got.Success != (i%3 == 0) || got.Message != fmt.Sprint(sequence) {
						t.Errorf("response to request %d, number %d of its client: %+v", i, sequence, got)
					}
				}
			}()
		}
	}
	wg.Wait()
	if got, want := len(ids), nClients*nGoroutines*nRequests; got != want {
		t.Errorf("%d different requests arrived, want %d", got, want)
	}
}

func TestResponseMayBeSentLaterByAnotherGoroutine(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "later")
	senders := make(chan rclgo.ServiceResponseSender, 2)
	if _, err := n.NewService("later", testmsg.SetBoolTypeSupport, nil, func(_ *rclgo.ServiceInfo, _ types.Message, r rclgo.ServiceResponseSender) {
		senders <- r
	}); err != nil {
		t.Fatal(err)
	}
	client := newClient(t, n, "later")
	spin(t, n.Spin)
	available(t, client)
	got := make([]chan string, 2)
	var waiting [2]rclgo.ServiceResponseSender
	for i := range got {
		got[i] = make(chan string, 1)
		go func() {
			resp, _, err := client.Send(t.Context(), &testmsg.SetBoolRequest{})
			if err != nil {
				got[i] <- err.Error()
				return
			}
			got[i] <- resp.(*testmsg.SetBoolResponse).Message
		}()
		waiting[i] = receive(t, senders)
	}
	// The second request is answered first.
	for _, i := range []int{1, 0} {
		want := fmt.Sprint("answer ", i)
		if err := waiting[i].SendResponse(&testmsg.SetBoolResponse{Message: want}); err != nil {
			t.Fatal(err)
		}
		if msg := receive(t, got[i]); msg != want {
			t.Errorf("got %q, want %q", msg, want)
		}
	}
	wantError[*rclgo.InvalidArgument](t, "response of another type", waiting[0].SendResponse(&testmsg.String{}))
	wantError[*rclgo.InvalidArgument](t, "nil response", waiting[0].SendResponse(nil))
}

func TestResponseAfterCloseIsAnError(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "toolate")
	senders := make(chan rclgo.ServiceResponseSender, 1)
	s, err := n.NewService("toolate", testmsg.SetBoolTypeSupport, nil, func(_ *rclgo.ServiceInfo, _ types.Message, r rclgo.ServiceResponseSender) {
		senders <- r
	})
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, n, "toolate")
	spin(t, n.Spin)
	available(t, client)
	done := make(chan error, 1)
	go func() {
		_, _, err := client.Send(context.Background(), &testmsg.SetBoolRequest{})
		done <- err
	}()
	sender := receive(t, senders)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantError[*rclgo.ServiceInvalid](t, "SendResponse", sender.SendResponse(&testmsg.SetBoolResponse{}))
	// And the client's end releases the one who waits for it.
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	wantError[*rclgo.ClientInvalid](t, "Send", receive(t, done))
}

func TestSendEndsWithItsContext(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "nobody")
	client := newClient(t, n, "nobody")
	spin(t, n.Spin)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := client.Send(ctx, &testmsg.SetBoolRequest{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if _, _, err := client.Send(ctx, &testmsg.SetBoolRequest{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	_, _, err := client.Send(t.Context(), &testmsg.String{})
	wantError[*rclgo.InvalidArgument](t, "request of another type", err)
	_, _, err = client.Send(t.Context(), nil)
	wantError[*rclgo.InvalidArgument](t, "nil request", err)
}

// TestResponseThatNobodyWaitsForIsDropped: it must not be given to the next
// request, nor block the spin.
func TestResponseThatNobodyWaitsForIsDropped(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "dropped")
	senders := make(chan rclgo.ServiceResponseSender, 1)
	if _, err := n.NewService("dropped", testmsg.SetBoolTypeSupport, nil, func(_ *rclgo.ServiceInfo, _ types.Message, r rclgo.ServiceResponseSender) {
		senders <- r
	}); err != nil {
		t.Fatal(err)
	}
	client := newClient(t, n, "dropped")
	spin(t, n.Spin)
	available(t, client)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, _, err := client.Send(ctx, &testmsg.SetBoolRequest{})
		done <- err
	}()
	first := receive(t, senders)
	cancel()
	if err := receive(t, done); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want %v", err, context.Canceled)
	}
	messages := make(chan string, 1)
	go func() {
		resp, _, err := client.Send(context.Background(), &testmsg.SetBoolRequest{})
		if err != nil {
			messages <- err.Error()
			return
		}
		messages <- resp.(*testmsg.SetBoolResponse).Message
	}()
	second := receive(t, senders)
	for _, send := range []struct {
		to  rclgo.ServiceResponseSender
		msg string
	}{{first, "first"}, {second, "second"}} {
		if err := send.to.SendResponse(&testmsg.SetBoolResponse{Message: send.msg}); err != nil {
			t.Fatal(err)
		}
	}
	if msg := receive(t, messages); msg != "second" {
		t.Errorf("got %q, want %q", msg, "second")
	}
}
