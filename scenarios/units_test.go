package scenarios

import (
	"math"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{"250ms": 250 * time.Millisecond, "1m30s": 90 * time.Second, "0s": 0, "1.5h": 90 * time.Minute} {
		if got, m := parseDuration(in); m != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", in, got, m, want)
		}
	}
	for _, in := range []string{"", "0", "30", "1d", "-1s", "721h", "ten", "1s 2s", "9999999999h"} {
		if got, m := parseDuration(in); m == nil {
			t.Errorf("parseDuration(%q) = %v, want an error", in, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]Size{"0B": 0, "512B": 512, "8KiB": 8 << 10, "1.5MiB": 3 << 19, "2GiB": 2 << 30} {
		if got, m := parseSize(in); m != nil || got != want {
			t.Errorf("parseSize(%q) = %v, %v, want %v", in, got, m, want)
		}
	}
	for in, want := range map[string]string{"8": "8KiB", "8KB": "8KiB", "2 gb": "2GiB", "1M": "1MiB", "8X": "", "0.5B": "", "-1B": "", "": ""} {
		got, m := parseSize(in)
		if m == nil || m.suggestion != want {
			t.Errorf("parseSize(%q) = %v, %v, want the suggestion %q", in, got, m, want)
		}
	}
}

func TestParseRate(t *testing.T) {
	for in, want := range map[string]Rate{"20/s": 20, "90/m": 1.5, "0/s": 0, "0.5/s": 0.5} {
		if got, m := parseRate(in); m != nil || got != want {
			t.Errorf("parseRate(%q) = %v, %v, want %v", in, got, m, want)
		}
	}
	for _, in := range []string{"", "20", "20/h", "/s", "-1/s", "1e9/s", "200000/s", "NaN/s"} {
		if got, m := parseRate(in); m == nil {
			t.Errorf("parseRate(%q) = %v, want an error", in, got)
		}
	}
}

func TestParseAmount(t *testing.T) {
	for in, want := range map[string]Amount{"0": {}, "3": {Value: 3}, "1%": {1, true}, "0.25%": {0.25, true}, "100%": {100, true}} {
		if got, m := parseAmount(in); m != nil || got != want {
			t.Errorf("parseAmount(%q) = %v, %v, want %v", in, got, m, want)
		}
	}
	for _, in := range []string{"", "1.5", "-1", "101%", "%", "one", "NaN%", "1e3"} {
		if got, m := parseAmount(in); m == nil {
			t.Errorf("parseAmount(%q) = %v, want an error", in, got)
		}
	}
}

func TestUnitsInWords(t *testing.T) {
	for got, want := range map[string]string{
		seconds(60).String(): "1m", seconds(3600).String(): "1h", seconds(4200).String(): "1h10m", seconds(10).String(): "10s",
		Duration(0).String(): "0s", Size(0).String(): "0B", Size(1536).String(): "1536B", Size(3 << 20).String(): "3MiB",
		Rate(1.5).String(): "1.5/s", Amount{Value: 3}.String(): "3", Amount{0.5, true}.String(): "0.5%",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestClosest(t *testing.T) {
	valid := []string{"mailboxes", "rate", "node.crash", "mx"}
	for wrong, want := range map[string]string{"mailbox": "mailboxes", "RATE": "rate", "node.crush": "node.crash", "mxx": "mx", "zebra": "", "": ""} {
		if got := closest(wrong, valid); got != want {
			t.Errorf("closest(%q) = %q, want %q", wrong, got, want)
		}
	}
}

func TestPhaseOfACycle(t *testing.T) {
	c := Cycle{Every: seconds(300), Offset: seconds(60)}
	for at, want := range map[int]float64{60: 0, 210: 0.5, 345: 0.95, 360: 0, 0: 0.8, -60: 0.6, 660: 0} {
		if got := c.Phase(time.Duration(at) * time.Second); math.Abs(got-want) > 1e-9 {
			t.Errorf("phase at %d s: %v, want %v", at, got, want)
		}
	}
	if (Cycle{}).Phase(time.Second) != 0 {
		t.Error("a cycle that never comes has a phase")
	}
}
