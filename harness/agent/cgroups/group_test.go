package cgroups

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"maildrill/faults"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text, memory string
		hierarchies        []string
		version            string
	}{
		{"version 1", "5:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n3:pids:/docker/a\n1:name=systemd:/docker/a\n0::/\n",
			"/r/memory/docker/a/memory.failcnt", []string{"memory", "cpu,cpuacct", "pids"}, "cgroup v1"},
		{"version 2", "0::/docker/a\n", "/r/unified/docker/a/memory.failcnt", []string{"unified"}, "cgroup v2"},
		{"both, the controllers in version 2", "1:name=systemd:/docker/a\n0::/docker/a\n",
			"/r/unified/docker/a/memory.failcnt", []string{"unified"}, "cgroup v2"},
	} {
		g, hierarchies, err := parse("/r", c.text)
		if err != nil || g.file("memory.failcnt") != c.memory || !slices.Equal(hierarchies, c.hierarchies) || g.Version() != c.version {
			t.Errorf("%s: %s, %v, %s, %v", c.name, g.file("memory.failcnt"), hierarchies, g.Version(), err)
		}
	}
	for _, text := range []string{"", "4:memory:/a\n3:cpu:/a\n", "0::/../a\n"} {
		if _, _, err := parse("/r", text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// group makes a group of version 2 from files.
func group(t *testing.T, files map[string]string) Group {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Group{unified: true, dirs: map[string]string{unified: dir}}
}

func TestLimitsAreRestoredToTheLetter(t *testing.T) {
	before := map[string]string{"cpu.max": "max 250000", "pids.max": "max", "memory.max": "max", "memory.swap.max": "1048576"}
	g := group(t, before)
	for r, limit := range map[faults.Resource]int64{faults.CPU: 20, faults.PIDs: 7, faults.Memory: 8 << 20} {
		was, err := g.Save(r)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := g.Limit(r); err != nil || n != NoLimit {
			t.Errorf("%s before: %d, %v", r, n, err)
		}
		for name := range before { // a real one replaces what it holds
			if err := os.Truncate(g.file(name), 0); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := g.Lower(r, limit); err != nil || got != limit {
			t.Errorf("%s: got %d, %v, want %d", r, got, err, limit)
		}
		for name := range before {
			if err := os.Truncate(g.file(name), 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Restore(was); err != nil {
			t.Error(err)
		}
		for _, line := range was {
			if text, err := os.ReadFile(g.file(line[0])); err != nil || string(text) != before[line[0]] {
				t.Errorf("%s is %q, %v, want %q", line[0], text, err, before[line[0]])
			}
		}
		for name, text := range before {
			if err := os.WriteFile(g.file(name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCounters(t *testing.T) {
	g := group(t, map[string]string{"memory.events": "low 0\nhigh 0\nmax 5\noom 1\noom_kill 2\n", "cpu.stat": "usage_usec 9\nnr_throttled 4\n"})
	if c := g.Counters(faults.Memory); c["limit_hits"] != 5 || c["oom_kills"] != 2 {
		t.Errorf("memory: %v", c)
	}
	if c := g.Counters(faults.CPU); c["throttled"] != 4 {
		t.Errorf("cpu: %v", c)
	}
	if c := g.Counters(faults.PIDs); len(c) > 0 {
		t.Errorf("counted what is not there: %v", c)
	}
}

// What the processes hold is what is in use less the page cache, in both
// versions, whose files and keys differ.
func TestHeld(t *testing.T) {
	for version, files := range map[bool]map[string]string{
		false: {"memory.usage_in_bytes": "1000\n", "memory.stat": "inactive_file 1\ntotal_inactive_file 300\ntotal_active_file 50\n"},
		true:  {"memory.current": "1000\n", "memory.stat": "file 400\ninactive_file 300\nactive_file 50\n"},
	} {
		g := group(t, files)
		if g.unified = version; !version {
			g.dirs["memory"] = g.dirs[unified]
		}
		if n, err := g.Held(faults.Memory); err != nil || n != 650 {
			t.Errorf("%s: %d, %v, want 650", g.Version(), n, err)
		}
	}
	g := group(t, map[string]string{"pids.current": "7\n"})
	if n, err := g.Held(faults.PIDs); err != nil || n != 7 {
		t.Errorf("processes: %d, %v", n, err)
	}
}

// The count of kills is found in the files of both versions.
func TestKills(t *testing.T) {
	for version, files := range map[bool]map[string]string{
		false: {"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "cgroup.procs": ""},
		true:  {"memory.events": "max 9\noom 4\noom_kill 3\n", "cgroup.procs": ""},
	} {
		g := group(t, files)
		if g.unified = version; !version {
			g.dirs["memory"] = g.dirs[unified]
		}
		c, err := g.Kills().Open()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for range 2 {
			if n, err := c.Read(); err != nil || n != 3 {
				t.Errorf("%s: %d, %v, want 3", g.Version(), n, err)
			}
		}
		if err := g.Join(77); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(filepath.Join(g.dirs[unified], "cgroup.procs")); err != nil || string(text) != "77" {
			t.Errorf("%s: joined by %q, %v", g.Version(), text, err)
		}
	}
}

func TestFreeze(t *testing.T) {
	g := group(t, map[string]string{"cgroup.freeze": "0"})
	for frozen, want := range map[bool]string{true: "1", false: "0"} {
		if err := g.freeze(frozen); err != nil {
			t.Fatal(err)
		}
		if text, _ := os.ReadFile(g.file("cgroup.freeze")); string(text) != want {
			t.Errorf("frozen %v: %q", frozen, text)
		}
	}
}

func TestFrozen(t *testing.T) {
	for text, want := range map[string]bool{"populated 1\nfrozen 1\n": true, "populated 1\nfrozen 0\n": false} {
		g := group(t, map[string]string{"cgroup.events": text})
		if frozen, err := g.frozen(); frozen != want || err != nil {
			t.Errorf("%q: frozen %v, %v", text, frozen, err)
		}
	}
	for text, want := range map[string]bool{"FROZEN\n": true, "FREEZING\n": false, "THAWED\n": false} {
		g := group(t, map[string]string{"freezer.state": text})
		g.unified, g.dirs = false, map[string]string{freezer: g.dirs[unified]}
		if frozen, err := g.frozen(); frozen != want || err != nil {
			t.Errorf("%q: frozen %v, %v", text, frozen, err)
		}
	}
	if _, err := group(t, nil).frozen(); err == nil {
		t.Error("a group that says nothing is not frozen")
	}
}
