package keeper

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Used of the world: the process id is what was used, in seconds.
func (w *world) Used(pid int) (Used, string, error) {
	if pid == 0 {
		return Used{}, "", os.ErrProcessDone
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return Used{CPU: time.Duration(pid) * time.Second, Memory: 1}, w.started, nil
}

func TestUsageOfEveryContainerThatRuns(t *testing.T) {
	w := up()
	w.running["k"], w.running["c-disk"] = true, true
	c, _ := kept(t, w)
	all, err := c.Usage(t.Context())
	if err != nil || len(all) != 5 || all["mx1"].CPU != 103*time.Second || all["k"].Memory != 1 {
		t.Fatalf("usage = %+v, %v", all, err)
	}
	asked := w.asked
	if _, err := c.Usage(t.Context()); err != nil || w.asked != asked {
		t.Errorf("the engine was asked %d times again (%v)", w.asked-asked, err)
	}
	w.mu.Lock()
	w.started, w.running["mx1"] = "later", false // every process is another, mx1 has none
	w.mu.Unlock()
	all, err = c.Usage(t.Context())
	if _, there := all["mx1"]; err != nil || len(all) != 4 || there || w.asked != asked+5 {
		t.Errorf("usage = %+v, %v; the engine was asked %d times", all, err, w.asked-asked)
	}
}

func TestControlGroups(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		read  func(string) (Used, error)
		want  Used
		fails bool
	}{
		"version 2":          {map[string]string{"memory.current": "4096\n", "cpu.stat": "usage_usec 1500000\nuser_usec 1\n"}, unified, Used{1500 * time.Millisecond, 4096}, false},
		"the host's own":     {map[string]string{"cpu.stat": "usage_usec 1500000\n"}, unified, Used{}, true},
		"no time":            {map[string]string{"memory.current": "1\n", "cpu.stat": "user_usec 1\n"}, unified, Used{}, true},
		"version 1":          {map[string]string{"cpuacct/cpuacct.usage": "1500000000\n", "memory/memory.usage_in_bytes": "4096\n"}, split, Used{1500 * time.Millisecond, 4096}, false},
		"version 1, no time": {map[string]string{"memory/memory.usage_in_bytes": "4096\n"}, split, Used{}, true},
	} {
		dir := t.TempDir()
		for file, text := range c.files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.read(dir); (err != nil) != c.fails || err == nil && got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
