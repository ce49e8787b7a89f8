package middleware

import (
	"os"
	"testing"
)

func TestAllTopicsAreSeenUnlessTheUserChose(t *testing.T) {
	for _, test := range []struct{ server, chosen, want string }{
		{"", "", ""},
		{"127.0.0.1:11811", "", "TRUE"},
		{"127.0.0.1:11811", "FALSE", "FALSE"},
		{"", "0", "0"},
	} {
		t.Setenv(discoveryServer, test.server)
		t.Setenv(superClient, test.chosen)
		if err := SeeAllTopics(); err != nil {
			t.Fatal(err)
		}
		if got := os.Getenv(superClient); got != test.want {
			t.Errorf("server %q, chosen %q: got %q, want %q", test.server, test.chosen, got, test.want)
		}
	}
}
