package hostload

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// proc writes a folder like /proc: ticks of one CPU line for two CPUs.
func proc(t testing.TB, dir string, busy, idle, steal, self int, waited time.Duration) {
	t.Helper()
	cpu := fmt.Sprintf("%d 0 0 %d 0 0 0 %d 0 0\n", busy, idle, steal)
	files := map[string]string{
		"stat":            "cpu  " + cpu + "cpu0 " + cpu + "cpu1 " + cpu + "intr 1\n",
		"self/stat":       fmt.Sprintf("7 (a) b) (c) S 1 1 1 0 -1 0 0 0 0 0 %d %d 0 0 20 0 9 0 100 1000 250 1\n", self/2, self-self/2),
		"pressure/cpu":    fmt.Sprintf("some avg10=1.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", waited.Microseconds()),
		"pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSample(t *testing.T) {
	dir := t.TempDir()
	s := Sampler{Proc: dir}
	proc(t, dir, 1000, 1000, 10, 50, time.Second)
	if _, ok, err := s.Sample(time.Second, map[string]Container{"mx1": {CPU: time.Second}}, nil, 0); ok || err != nil {
		t.Fatalf("the first sample gave something (%v)", err)
	}
	proc(t, dir, 1300, 1060, 50, 150, 2500*time.Millisecond)
	l, ok, err := s.Sample(3*time.Second, map[string]Container{
		"mx1": {CPU: 1500 * time.Millisecond, Memory: 5}, "new": {CPU: time.Minute}, "mx1.net": {Agent: true, Memory: 6}}, nil, time.Millisecond)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	// 400 ticks on two CPUs: 300 busy, 60 idle, 40 stolen; 100 of them ours.
	if l.CPUs != 2 || l.Busy != 0.75 || l.Idle != 0.15 || l.Steal != 0.1 || l.Driver.CPU != 0.5 || l.Driver.Memory != 250*int64(os.Getpagesize()) {
		t.Errorf("load %+v", l)
	}
	if l.CPUPressure == nil || *l.CPUPressure != 0.75 || l.MemoryPressure == nil || *l.MemoryPressure != 0 {
		t.Errorf("pressure %v %v", l.CPUPressure, l.MemoryPressure)
	}
	if l.Servers["mx1"].CPU != 0.25 || l.Servers["mx1"].Memory != 5 || l.Servers["new"].CPU != 0 || l.Agents["mx1.net"].Memory != 6 || len(l.Servers) != 2 {
		t.Errorf("containers %+v %+v", l.Servers, l.Agents)
	}
	if l.Took < 1e6 || time.Duration(l.To-l.From) != 2*time.Second {
		t.Errorf("took %v, from %v to %v", time.Duration(l.Took), l.From, l.To)
	}
	// A restarted server counts anew; containers that cannot be read are said.
	proc(t, dir, 1400, 1160, 50, 150, 2500*time.Millisecond)
	if l, _, _ = s.Sample(5*time.Second, nil, errors.New("keeper is gone"), 0); l.Error != "keeper is gone" || l.Servers != nil || l.Busy != 0.5 {
		t.Errorf("load %+v", l)
	}
	proc(t, dir, 1500, 1260, 50, 150, 2500*time.Millisecond)
	if l, _, _ = s.Sample(7*time.Second, map[string]Container{"mx1": {CPU: 500 * time.Millisecond}}, nil, 0); l.Servers["mx1"].CPU != 0.25 {
		t.Errorf("a restarted server: %+v", l.Servers)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, spoil := range map[string][2]string{
		"no cpu":       {"stat", "intr 1\n"},
		"odd cpu":      {"stat", "cpu a b c d e f g h\ncpu0 1 1 1 1 1 1 1 1\n"},
		"no process":   {"self/stat", "7 (a) S\n"},
		"odd process":  {"self/stat", ""},
		"a short line": {"stat", "cpu 1 2\n"},
	} {
		dir := t.TempDir()
		proc(t, dir, 1, 1, 1, 1, 0)
		if err := os.WriteFile(filepath.Join(dir, spoil[0]), []byte(spoil[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
	if _, err := Read(t.TempDir()); err == nil {
		t.Error("an empty folder was read")
	}
}

func TestWithoutPressure(t *testing.T) {
	dir := t.TempDir()
	proc(t, dir, 1, 1, 1, 1, 0)
	if err := os.RemoveAll(filepath.Join(dir, "pressure")); err != nil {
		t.Fatal(err)
	}
	if r, err := Read(dir); err != nil || r.CPUPressure != nil || r.MemoryPressure != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// BenchmarkSample is what one sample costs, the containers aside: one every two
// seconds.
func BenchmarkSample(b *testing.B) {
	if _, err := Read("/proc"); err != nil {
		b.Skip(err)
	}
	s := Sampler{}
	b.ReportAllocs()
	for i := range b.N {
		if _, _, err := s.Sample(time.Duration(i+1)*time.Second, nil, nil, 0); err != nil {
			b.Fatal(err)
		}
	}
}
