package rclgo_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"

	// In a program these are packages that rclgo-gen has generated.
	msgs "github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

// A node is renamed by arguments of ROS. The other arguments are left.
func ExampleNode() {
	args, rest, err := rclgo.ParseArgs([]string{"--fast", "--ros-args", "-r", "__ns:=/robot"})
	if err != nil {
		log.Fatal(err)
	}
	if err := rclgo.Init(args); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("camera", "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(node.FullyQualifiedName(), rest)
	// Output: /robot/camera [--fast]
}

// A publisher tells when a subscription is there, and when it is gone.
func ExamplePublisher() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("talker", "")
	if err != nil {
		log.Fatal(err)
	}
	publisher, err := node.NewPublisher("example_publisher", msgs.StringTypeSupport, nil)
	if err != nil {
		log.Fatal(err)
	}
	subscription, err := node.NewSubscription("example_publisher", msgs.StringTypeSupport, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = publisher.OnMatched(func(status rclgo.MatchedStatus) {
		fmt.Println("subscriptions:", status.CurrentCount)
		if status.CurrentCount == 0 {
			cancel()
			return
		}
		if err := publisher.Publish(&msgs.String{Data: "hello"}); err != nil {
			log.Fatal(err)
		}
		if err := subscription.Close(); err != nil {
			log.Fatal(err)
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(node.Spin(ctx))
	// Output:
	// subscriptions: 1
	// subscriptions: 0
	// context canceled
}

// A subscription asks for the quality of service that it needs, and is told of a
// publisher that offers less.
func ExampleSubscription_OnIncompatibleQos() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("demanding", "")
	if err != nil {
		log.Fatal(err)
	}
	less := rclgo.NewDefaultPublisherOptions()
	less.Qos.Reliability = rclgo.ReliabilityBestEffort
	if _, err := node.NewPublisher("example_event", msgs.StringTypeSupport, less); err != nil {
		log.Fatal(err)
	}
	take := func(s *rclgo.Subscription) {
		if _, err := s.TakeMessage(&msgs.String{}); err != nil {
			log.Fatal(err)
		}
	}
	subscription, err := node.NewSubscription("example_event", msgs.StringTypeSupport, nil, take)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = subscription.OnIncompatibleQos(func(status rclgo.IncompatibleQosStatus) {
		fmt.Printf("%d publisher does not fit: %s\n", status.TotalCount, status.LastPolicy)
		cancel()
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(node.Spin(ctx))
	// Output:
	// 1 publisher does not fit: reliability
	// context canceled
}

// The goroutine that spins calls the callback with each message that is there.
func ExampleSubscription() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("listener", "")
	if err != nil {
		log.Fatal(err)
	}
	latched := rclgo.NewDefaultQosProfile()
	latched.Durability = rclgo.DurabilityTransientLocal // publisher and subscription may come in any order
	publisher, err := node.NewPublisher("example_subscription", msgs.StringTypeSupport, &rclgo.PublisherOptions{Qos: latched})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var message msgs.String // read again and again
	heard := func(s *rclgo.Subscription) {
		if _, err := s.TakeMessage(&message); err != nil {
			log.Fatal(err)
		}
		fmt.Println("heard", message.Data)
		if message.Data == "two" {
			cancel()
		}
	}
	options := &rclgo.SubscriptionOptions{Qos: latched}
	if _, err := node.NewSubscription("example_subscription", msgs.StringTypeSupport, options, heard); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		if err := publisher.Publish(&msgs.String{Data: text}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(node.Spin(ctx))
	// Output:
	// heard one
	// heard two
	// context canceled
}

// A subscription that comes late gets the last message with these policies, as of a
// map, say.
func ExampleQosProfile() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("map_server", "")
	if err != nil {
		log.Fatal(err)
	}
	qos := rclgo.NewDefaultQosProfile()
	qos.Depth = 1
	qos.Durability = rclgo.DurabilityTransientLocal
	publisher, err := node.NewPublisher("example_qos", msgs.StringTypeSupport, &rclgo.PublisherOptions{Qos: qos})
	if err != nil {
		log.Fatal(err)
	}
	for _, version := range []string{"map of yesterday", "map of today"} {
		if err := publisher.Publish(&msgs.String{Data: version}); err != nil {
			log.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	late := func(s *rclgo.Subscription) {
		var message msgs.String
		if _, err := s.TakeMessage(&message); err != nil {
			log.Fatal(err)
		}
		fmt.Println(message.Data)
		cancel()
	}
	if _, err := node.NewSubscription("example_qos", msgs.StringTypeSupport, &rclgo.SubscriptionOptions{Qos: qos}, late); err != nil {
		log.Fatal(err)
	}
	fmt.Println(node.Spin(ctx))
	// Output:
	// map of today
	// context canceled
}

// A handler may answer at once, or keep the sender and answer later.
func ExampleService() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("lamp", "")
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	turn := func(_ *rclgo.ServiceInfo, request types.Message, sender rclgo.ServiceResponseSender) {
		fmt.Println("asked to turn it on:", request.(*msgs.SetBoolRequest).Data)
		go func() { // takes its time, while other callbacks go on
			if err := sender.SendResponse(&msgs.SetBoolResponse{Success: true, Message: "it is bright"}); err != nil {
				log.Fatal(err)
			}
		}()
	}
	if _, err := node.NewService("~/turn", msgs.SetBoolTypeSupport, nil, turn); err != nil {
		log.Fatal(err)
	}
	spun := make(chan error)
	go func() { spun <- node.Spin(ctx) }()

	askLamp(ctx, node) // as a program of its own would

	cancel()
	fmt.Println(<-spun)
	// Output:
	// asked to turn it on: true
	// true it is bright
	// context canceled
}

// Send waits for the response, which arrives in the goroutine that spins.
func ExampleClient() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	node, err := rclgo.NewNode("hand", "")
	if err != nil {
		log.Fatal(err)
	}
	client, err := node.NewClient("/nobody/turn", msgs.SetBoolTypeSupport, nil)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	spun := make(chan error)
	go func() { spun <- node.Spin(ctx) }()

	available, err := client.ServerIsAvailable()
	fmt.Println("there is a server:", available, err)
	// A request without a server is lost: only the context ends this call.
	short, end := context.WithTimeout(ctx, 10*time.Millisecond)
	_, _, err = client.Send(short, &msgs.SetBoolRequest{Data: true})
	end()
	fmt.Println("response:", err)

	cancel()
	fmt.Println("spin:", <-spun)
	// Output:
	// there is a server: false <nil>
	// response: context deadline exceeded
	// spin: context canceled
}

// askLamp calls the service of ExampleService once it is there.
func askLamp(ctx context.Context, node *rclgo.Node) {
	client, err := node.NewClient("/lamp/turn", msgs.SetBoolTypeSupport, nil)
	if err != nil {
		log.Fatal(err)
	}
	for available := false; !available; time.Sleep(time.Millisecond) {
		if available, err = client.ServerIsAvailable(); err != nil {
			log.Fatal(err)
		}
	}
	response, _, err := client.Send(ctx, &msgs.SetBoolRequest{Data: true})
	if err != nil {
		log.Fatal(err)
	}
	answer := response.(*msgs.SetBoolResponse)
	fmt.Println(answer.Success, answer.Message)
}

// A timer belongs to the context, and follows its clock: here one that nobody sets.
func ExampleTimer() {
	options := rclgo.NewDefaultContextOptions()
	options.ClockType = rclgo.ClockTypeSteadyTime
	if err := rclgo.InitWithOpts(nil, options); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	ctx, cancel := context.WithCancel(context.Background())
	count := 0
	if _, err := rclgo.NewTimer(10*time.Millisecond, func(*rclgo.Timer) {
		if count++; count == 3 {
			cancel()
		}
		fmt.Println("tick", count)
	}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(rclgo.Spin(ctx))
	// Output:
	// tick 1
	// tick 2
	// tick 3
	// context canceled
}

// Two wait sets are two executors: a callback that blocks holds up its own alone.
func ExampleWaitSet() {
	if err := rclgo.Init(nil); err != nil {
		log.Fatal(err)
	}
	defer rclgo.Uninit()
	ctx, cancel := context.WithCancel(context.Background())
	ticked := make(chan struct{})
	spun := make(chan error, 2)
	execute := func(callback func(*rclgo.Timer)) {
		timer, err := rclgo.NewTimer(10*time.Millisecond, callback)
		if err != nil {
			log.Fatal(err)
		}
		executor, err := rclgo.NewWaitSet()
		if err != nil {
			log.Fatal(err)
		}
		executor.AddTimers(timer)
		go func() { spun <- executor.Run(ctx) }()
	}
	execute(func(*rclgo.Timer) {
		<-ticked // would wait for ever, if it were in the way of the other timer
		cancel()
	})
	execute(func(*rclgo.Timer) {
		select {
		case ticked <- struct{}{}:
		case <-ctx.Done():
		}
	})
	fmt.Println(<-spun)
	fmt.Println(<-spun)
	// Output:
	// context canceled
	// context canceled
}
