package main

import (
	"context"
	"fmt"

	"github.com/tiiuae/rclgo/pkg/rclgo"

	msgs "rclgo_test/msgs/rclgo_test_msgs/msg"
	srvs "rclgo_test/msgs/rclgo_test_msgs/srv"
)

// serveAll creates a publisher and a subscription for every message, and a
// service and a client for every service of rclgo_test_msgs, by the generated
// types.
func serveAll(p *program) error {
	for _, serve := range []func() error{
		func() error { return serveTopic(p, "Arrays", msgs.NewArraysPublisher, msgs.NewArraysSubscription) },
		func() error {
			return serveTopic(p, "BoundedSequences", msgs.NewBoundedSequencesPublisher, msgs.NewBoundedSequencesSubscription)
		},
		func() error { return serveTopic(p, "C", msgs.NewCPublisher, msgs.NewCSubscription) },
		func() error { return serveTopic(p, "CScan", msgs.NewCScanPublisher, msgs.NewCScanSubscription) },
		func() error {
			return serveTopic(p, "Defaults", msgs.NewDefaultsPublisher, msgs.NewDefaultsSubscription)
		},
		func() error {
			return serveTopic(p, "Keywords", msgs.NewKeywordsPublisher, msgs.NewKeywordsSubscription)
		},
		func() error { return serveTopic(p, "Nested", msgs.NewNestedPublisher, msgs.NewNestedSubscription) },
		func() error { return serveTopic(p, "NewScan", msgs.NewNewScanPublisher, msgs.NewNewScanSubscription) },
		func() error { return serveTopic(p, "Nothing", msgs.NewNothingPublisher, msgs.NewNothingSubscription) },
		func() error {
			return serveTopic(p, "OnlyConstants", msgs.NewOnlyConstantsPublisher, msgs.NewOnlyConstantsSubscription)
		},
		func() error {
			return serveTopic(p, "RGBImage2D", msgs.NewRGBImage2DPublisher, msgs.NewRGBImage2DSubscription)
		},
		func() error { return serveTopic(p, "Scalars", msgs.NewScalarsPublisher, msgs.NewScalarsSubscription) },
		// The names without underscore are those of type NewScan.
		func() error { return serveTopic(p, "Scan", msgs.NewScanPublisher_, msgs.NewScanSubscription_) },
		func() error {
			return serveTopic(p, "Sequences", msgs.NewSequencesPublisher, msgs.NewSequencesSubscription)
		},

		func() error {
			return serveService(p, "Ask", srvs.NewAskService, func(*srvs.Ask_Request) *srvs.Ask_Response {
				return srvs.NewAsk_Response()
			})
		},
		func() error {
			return serveService(p, "Echo", srvs.NewEchoService, func(req *srvs.Echo_Request) *srvs.Echo_Response {
				return &srvs.Echo_Response{
					Name: req.Name, Scalars: req.Scalars, Arrays: req.Arrays,
					BoundedSequences: req.BoundedSequences, Sequences: req.Sequences,
				}
			})
		},
		func() error {
			return serveService(p, "Nothing", srvs.NewNothingService, func(*srvs.Nothing_Request) *srvs.Nothing_Response {
				return srvs.NewNothing_Response()
			})
		},
		func() error {
			return serveService(p, "Tell", srvs.NewTellService, func(*srvs.Tell_Request) *srvs.Tell_Response {
				return srvs.NewTell_Response()
			})
		},
		func() error { return serveClient(p, "Ask", srvs.NewAskClient) },
		func() error { return serveClient(p, "Echo", srvs.NewEchoClient) },
		func() error { return serveClient(p, "Nothing", srvs.NewNothingClient) },
		func() error { return serveClient(p, "Tell", srvs.NewTellClient) },
	} {
		if err := serve(); err != nil {
			return err
		}
	}
	return nil
}

// publisher is the interface of generated publishers.
type publisher[M any] interface {
	Publish(*M) error
	GetSubscriptionCount() (int, error)
}

// serveTopic lets the program publish messages of one type, and send back
// those that it receives.
func serveTopic[M any, P publisher[M], S any, Callback ~func(*M, *rclgo.MessageInfo, error)](
	p *program,
	name string,
	newPublisher func(*rclgo.Node, string, *rclgo.PublisherOptions) (P, error),
	newSubscription func(*rclgo.Node, string, *rclgo.SubscriptionOptions, Callback) (S, error),
) error {
	pub, err := newPublisher(p.node, "/from_go/"+name, nil)
	if err != nil {
		return err
	}
	publish := func(ctx context.Context, message *M) error {
		// A message that is published before its reader is known is lost.
		err := waitUntil(ctx, func() (bool, error) {
			n, err := pub.GetSubscriptionCount()
			return n > 0, err
		})
		if err != nil {
			return fmt.Errorf("no reader of /from_go/%s: %w", name, err)
		}
		return pub.Publish(message)
	}
	p.publish[name] = func(ctx context.Context, fill func(any) error) error {
		message := new(M)
		if err := fill(message); err != nil {
			return err
		}
		return publish(ctx, message)
	}
	_, err = newSubscription(p.node, "/to_go/"+name, nil, func(message *M, _ *rclgo.MessageInfo, err error) {
		if err == nil {
			p.report("received", name, message)
			err = publish(context.Background(), message)
		}
		if err != nil {
			p.fail(err)
		}
	})
	return err
}

// serveService answers requests by answer, after reporting them.
func serveService[Request, Response, S any, Sender interface{ SendResponse(*Response) error }, Handler ~func(*rclgo.ServiceInfo, *Request, Sender)](
	p *program,
	name string,
	newService func(*rclgo.Node, string, *rclgo.ServiceOptions, Handler) (S, error),
	answer func(*Request) *Response,
) error {
	_, err := newService(p.node, "/go/"+name, nil, func(_ *rclgo.ServiceInfo, request *Request, sender Sender) {
		p.report("request", name, request)
		if err := sender.SendResponse(answer(request)); err != nil {
			p.fail(err)
		}
	})
	return err
}

// client is the interface of generated clients.
type client[Request, Response any] interface {
	Send(context.Context, *Request) (*Response, *rclgo.ServiceInfo, error)
}

// serveClient lets the program call services of one type.
func serveClient[Request, Response any, C client[Request, Response]](
	p *program,
	name string,
	newClient func(*rclgo.Node, string, *rclgo.ClientOptions) (C, error),
) error {
	c, err := newClient(p.node, "/python/"+name, nil)
	if err != nil {
		return err
	}
	p.call[name] = func(ctx context.Context, fill func(any) error) (any, error) {
		request := new(Request)
		if err := fill(request); err != nil {
			return nil, err
		}
		// A request that is sent before the service is known is lost without an
		// error: it is repeated.
		for {
			attempt, cancel := context.WithTimeout(ctx, resend)
			response, _, err := c.Send(attempt, request)
			cancel()
			if err == nil || attempt.Err() == nil || ctx.Err() != nil {
				return response, err
			}
		}
	}
	return nil
}
