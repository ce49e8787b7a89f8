package main

import (
	"flag"
	"net"
	"slices"
	"testing"

	"av_capture/src/internal/view/server"
)

func TestNamesAreThoseThatBrowsersCanUse(t *testing.T) {
	for _, c := range []struct {
		options options
		want    []string
	}{
		{options{address: "127.0.0.1"}, []string{"127.0.0.1"}},
		{options{address: "::1"}, []string{"::1"}},
		{options{address: "192.168.0.7", hosts: []string{"robot"}}, []string{"192.168.0.7", "robot"}},
	} {
		if got := c.options.names(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.options.address, got, c.want)
		}
	}
	all := options{address: "0.0.0.0", hosts: []string{"robot"}}
	if got := all.names(); !slices.Contains(got, "robot") || slices.Contains(got, "0.0.0.0") {
		t.Errorf("got %v: 0.0.0.0 is no address to open", got)
	}
}

func TestHostsThatWouldStandInThePolicyAreRefused(t *testing.T) {
	for _, host := range []string{"", "a b", "http://robot", "robot:80", "*;script-src", "user@robot"} {
		o := options{flags: flag.NewFlagSet("", flag.ContinueOnError), address: "127.0.0.1", hosts: []string{host}}
		if o.check() == nil {
			t.Errorf("--host %q is accepted", host)
		}
	}
}

func TestAnotherPortIsTakenWhereTheUsualOneIs(t *testing.T) {
	if taken, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", "8090")); err == nil {
		defer taken.Close() // else another program has it
	}
	o := options{address: "127.0.0.1", port: anyPort}
	s, err := o.listen(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if port := s.Address().(*net.TCPAddr).Port; port == usualPort || port == 0 {
		t.Fatalf("listens on port %d", port)
	}
	o.port = s.Address().(*net.TCPAddr).Port
	if other, err := o.listen(server.Config{}); err == nil {
		other.Close()
		t.Fatal("two servers on one port")
	}
}
