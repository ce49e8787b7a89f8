package soundsystem

import "testing"

func TestCardIsGoneWhenMiniaudioHasSaidSoOftenEnough(t *testing.T) {
	s := &System{gone: make(chan struct{})}
	said := 0
	for said < 10 {
		s.log("[ALSA] POLLERR detected. status = 4\n") // an overrun
		s.log("[ALSA] POLLERR detected. status = 8\n")
		said++
		select {
		case <-s.gone:
			if said < pulledOutCertain {
				t.Fatalf("gone after it was said %d times, want %d", said, pulledOutCertain)
			}
		default:
			if said >= pulledOutCertain {
				t.Fatalf("not gone after it was said %d times", said)
			}
		}
	}
}

// Another version of miniaudio or malgo may keep what is replaced elsewhere.
func TestErrorsOfALSAAreJudged(t *testing.T) {
	for range 2 {
		s, err := connect(ALSA)
		if err != nil {
			t.Fatal(err)
		}
		if !s.judged {
			t.Error("miniaudio reads from ALSA without a judgement of its errors")
		}
		s.Close()
	}
}
