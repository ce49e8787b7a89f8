package node

import "testing"

func TestDiagnosticsAreOfPrintableText(t *testing.T) {
	var values KeyValues
	values.Add("device", "%s", "evil\n[INFO] [1.0] [camera]: all is well\x1b[2J\u202eÄ")
	if got, want := values[0].Value, `evil\n[INFO] [1.0] [camera]: all is well\x1b[2J\u202eÄ`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
