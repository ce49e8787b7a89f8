package rclgo_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

func TestGraphQueriesSeeWhatIsThere(t *testing.T) {
	c, other := newContext(t, domain), newContext(t, domain)
	n, err := c.NewNode("queried", "/some/where")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.NewPublisher("published", testmsg.StringTypeSupport, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.NewSubscription("subscribed", testmsg.StringTypeSupport, nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.NewService("served", testmsg.SetBoolTypeSupport, nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.NewClient("called", testmsg.SetBoolTypeSupport, nil); err != nil {
		t.Fatal(err)
	}
	q := newNode(t, other, "querying")
	const topicType, serviceType = "std_msgs/msg/String", "std_srvs/srv/SetBool"
	queries := []struct {
		name string
		get  func() (map[string][]string, error)
		want map[string]string
	}{
		{"topics", func() (map[string][]string, error) { return q.GetTopicNamesAndTypes(false) },
			map[string]string{"/some/where/published": topicType, "/some/where/subscribed": topicType}},
		{"topics of the middleware", func() (map[string][]string, error) { return q.GetTopicNamesAndTypes(true) },
			map[string]string{"rt/some/where/published": "std_msgs::msg::dds_::String_", "rq/some/where/servedRequest": "std_srvs::srv::dds_::SetBool_Request_"}},
		{"publishers", func() (map[string][]string, error) {
			return q.GetPublisherNamesAndTypesByNode(false, "queried", "/some/where")
		}, map[string]string{"/some/where/published": topicType, "/rosout": "rcl_interfaces/msg/Log"}},
		{"subscribers", func() (map[string][]string, error) {
			return q.GetSubscriberNamesAndTypesByNode(false, "queried", "/some/where")
		}, map[string]string{"/some/where/subscribed": topicType}},
		{"services", func() (map[string][]string, error) {
			return q.GetServiceNamesAndTypesByNode("queried", "/some/where")
		}, map[string]string{"/some/where/served": serviceType}},
		{"clients", func() (map[string][]string, error) {
			return q.GetClientNamesAndTypesByNode("queried", "/some/where")
		}, map[string]string{"/some/where/called": serviceType}},
	}
	for _, query := range queries {
		var got map[string][]string
		eventually(t, query.name, func() bool {
			got, _ = query.get() // the node may not be known yet
			for name, typ := range query.want {
				if !slices.Equal(got[name], []string{typ}) {
					return false
				}
			}
			return true
		})
		if query.name != "topics" && query.name != "topics of the middleware" && len(got) != len(query.want) {
			t.Errorf("%s: got %v, want %v", query.name, got, slices.Sorted(maps.Keys(query.want)))
		}
	}
	names, namespaces, err := q.GetNodeNames()
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.Index(names, "queried"); i < 0 || namespaces[i] != "/some/where" {
		t.Errorf("nodes: %q in %q", names, namespaces)
	}
	if i := slices.Index(names, "querying"); i < 0 || namespaces[i] != "/" {
		t.Errorf("nodes: %q in %q", names, namespaces)
	}
}

func TestQosProfileReachesTheMiddleware(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "qos")
	for name, want := range map[string]rclgo.QosProfile{
		"default": {
			History: rclgo.HistoryKeepLast, Depth: 10, Reliability: rclgo.ReliabilityReliable, Durability: rclgo.DurabilityVolatile,
			Deadline: rclgo.DurationInfinite, Lifespan: rclgo.DurationInfinite,
			Liveliness: rclgo.LivelinessAutomatic, LivelinessLeaseDuration: rclgo.DurationInfinite,
		},
		"all": {
			History: rclgo.HistoryKeepAll, Depth: 0, Reliability: rclgo.ReliabilityBestEffort, Durability: rclgo.DurabilityTransientLocal,
			Deadline: 1500 * time.Millisecond, Lifespan: 2*time.Second + 1, Liveliness: rclgo.LivelinessManualByTopic, LivelinessLeaseDuration: 3 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			set := want
			if name == "default" {
				set = rclgo.NewDefaultQosProfile()
			}
			p, err := n.NewPublisher(name, testmsg.StringTypeSupport, &rclgo.PublisherOptions{Qos: set})
			if err != nil {
				t.Fatal(err)
			}
			s, err := n.NewSubscription(name, testmsg.StringTypeSupport, &rclgo.SubscriptionOptions{Qos: set}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for kind, query := range map[rclgo.EndpointType]func(string, bool) ([]rclgo.TopicEndpointInfo, error){
				rclgo.EndpointPublisher:    n.GetPublishersInfoByTopic,
				rclgo.EndpointSubscription: n.GetSubscriptionsInfoByTopic,
			} {
				var infos []rclgo.TopicEndpointInfo
				eventually(t, "being found", func() bool {
					infos, err = query(p.TopicName, false)
					if err != nil {
						t.Fatal(err)
					}
					return len(infos) == 1
				})
				info := infos[0]
				if info.NodeName != "qos" || info.NodeNamespace != "/" || info.TopicType != "std_msgs/msg/String" || info.EndpointType != kind || info.EndpointGID == (rclgo.GID{}) {
					t.Errorf("got %+v", info)
				}
				got := info.QosProfile
				// Discovery does not carry history and depth.
				got.History, got.Depth = want.History, want.Depth
				if kind == rclgo.EndpointSubscription {
					got.Lifespan = want.Lifespan // a subscription has none
				}
				if got != want {
					t.Errorf("endpoint %d: got %+v, want %+v", kind, got, want)
				}
			}
		})
	}
}

func TestImpossibleQosProfilesAreRefused(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "impossible")
	for name, change := range map[string]func(*rclgo.QosProfile){
		"depth":    func(p *rclgo.QosProfile) { p.Depth = -1 },
		"deadline": func(p *rclgo.QosProfile) { p.Deadline = -1 },
		"lifespan": func(p *rclgo.QosProfile) { p.Lifespan = -1 },
		"lease":    func(p *rclgo.QosProfile) { p.LivelinessLeaseDuration = -1 },
	} {
		qos := rclgo.NewDefaultQosProfile()
		change(&qos)
		_, err := n.NewPublisher("p", testmsg.StringTypeSupport, &rclgo.PublisherOptions{Qos: qos})
		wantError[*rclgo.InvalidArgument](t, "publisher with negative "+name, err)
		_, err = n.NewSubscription("s", testmsg.StringTypeSupport, &rclgo.SubscriptionOptions{Qos: qos}, nil)
		wantError[*rclgo.InvalidArgument](t, "subscription with negative "+name, err)
		_, err = n.NewService("v", testmsg.SetBoolTypeSupport, &rclgo.ServiceOptions{Qos: qos}, nil)
		wantError[*rclgo.InvalidArgument](t, "service with negative "+name, err)
		_, err = n.NewClient("c", testmsg.SetBoolTypeSupport, &rclgo.ClientOptions{Qos: qos})
		wantError[*rclgo.InvalidArgument](t, "client with negative "+name, err)
	}
}

func TestWaitSetTellsOfChangesOfTheGraph(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "watching")
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	changes := make(chan struct{}, 1)
	w.OnGraphChange(n, func() {
		select {
		case changes <- struct{}{}:
		default: // one is to be looked at
		}
	})
	defer spin(t, w.Run)()
	count := func() (found int) {
		names, _, err := n.GetNodeNames()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if name == "coming" {
				found++
			}
		}
		return found
	}
	other := newContext(t, domain)
	for _, want := range []int{1, 2, 0} {
		switch want {
		case 0:
			if err := other.Close(); err != nil {
				t.Fatal(err)
			}
		default:
			newNode(t, other, "coming")
		}
		for deadline := time.After(20 * time.Second); count() != want; {
			select {
			case <-changes:
			case <-deadline:
				t.Fatalf("nothing told that there are %d nodes, want %d", count(), want)
			}
		}
	}
}
