package keeper

import (
	"slices"
	"strings"
	"testing"
)

func TestDisksAreMadeOnceAndShut(t *testing.T) {
	w := up()
	w.running["c-disk"] = true
	c, _ := kept(t, w)
	n := c.Node("disk")
	if err := n.CutPower(t.Context()); err == nil {
		t.Error("a disk without a device was shut down")
	}
	for range 2 {
		if devices, err := n.Attach(t.Context()); err != nil || devices["mail"] != "/dev/loop7" {
			t.Fatalf("devices = %v, %v", devices, err)
		}
	}
	if err := n.CutPower(t.Context()); err != nil {
		t.Error(err)
	}
	want := []string{"attach /disks/maildrill-r-disk-mail.img maildrill:r:disk:mail", "shut /srv/mail /dev/loop7"}
	if got := w.deeds(); !slices.Equal(got, want) {
		t.Errorf("deeds %q, want %q", got, want)
	}
	if disks, err := n.Disks(t.Context()); err != nil || len(disks) != 1 || !disks[0].Mounted || disks[0].Unclean {
		t.Errorf("disks = %+v, %v", disks, err)
	}
}

func TestNoDiskNoPowerCut(t *testing.T) {
	c, _ := kept(t, up())
	if err := c.Node("mx1").CutPower(t.Context()); err == nil || !strings.Contains(err.Error(), "give one of its volumes a size") {
		t.Errorf("err = %v", err)
	}
}

// TestStartEndsWhatRunsOnDeadDisks: the inverse alone must put a fault right
// that stopped half-way.
func TestStartEndsWhatRunsOnDeadDisks(t *testing.T) {
	w := up()
	w.running["c-disk"] = true
	c, _ := kept(t, w)
	n := c.Node("disk")
	if _, err := n.Attach(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.shut, w.mortal = true, true
	w.mu.Unlock()
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.deeds(); len(got) != 3 || got[1] != "kill c-disk KILL" || got[2] != "start c-disk" {
		t.Errorf("deeds %q", got)
	}
}
