package netrules

import (
	"os/exec"
	"testing"
)

// Each thing that is changed shows in its item and nowhere else; put back, the
// snapshots are equal.
func TestSnapshotShowsWhatChanged(t *testing.T) {
	ns, run := lonely(t)
	for _, tool := range []string{"ip", "tc", "nft"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: `make tools` installs it", err)
		}
	}
	run("ip", "link", "set", "lo", "up")
	run("ip", "address", "add", "198.18.0.2/24", "dev", "lo")
	run("nft", "add table inet other; add chain inet other c; add rule inet other c ip saddr 198.18.0.3 counter drop")
	look := func() map[string]string {
		items, err := Snapshot(ns)
		if err != nil {
			t.Fatal(err)
		}
		return items
	}
	for _, c := range []struct {
		item     string
		do, undo []string
	}{
		{"link", []string{"ip", "link", "set", "lo", "mtu", "1400"}, []string{"ip", "link", "set", "lo", "mtu", "65536"}},
		{"address", []string{"ip", "address", "add", "198.18.7.2/32", "dev", "lo", "noprefixroute"}, []string{"ip", "address", "del", "198.18.7.2/32", "dev", "lo"}},
		{"route", []string{"ip", "route", "add", "198.18.9.0/24", "dev", "lo"}, []string{"ip", "route", "del", "198.18.9.0/24", "dev", "lo"}},
		{"route", []string{"ip", "route", "add", "local", "198.18.9.1", "dev", "lo", "table", "local"}, []string{"ip", "route", "del", "local", "198.18.9.1", "dev", "lo", "table", "local"}},
		{"nft", []string{"nft", "add table inet ours"}, []string{"nft", "delete table inet ours"}},
		{"nft", []string{"nft", "add rule inet other c drop"}, []string{"nft", "delete rule inet other c handle 3"}},
	} {
		before := look()
		run(c.do[0], c.do[1:]...)
		during := look()
		if during[c.item] == before[c.item] {
			t.Errorf("%v does not show in %s", c.do, c.item)
		}
		run(c.undo[0], c.undo[1:]...)
		after := look()
		for item, text := range after {
			if text != before[item] {
				t.Errorf("%v undone, %s differs:\n%s\n%s", c.do, item, before[item], text)
			}
		}
	}
}
