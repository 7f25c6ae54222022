package docker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"

	"maildrill/faults"
	"maildrill/harness/docker"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// withDisks gives both servers of the topology a file system of their own.
func withDisks() topology.Topology {
	t := runtimetest.Topology()
	t.Nodes[0].Volumes = []topology.Volume{{Name: "queue", Path: "/var/spool/postfix", Size: 32 << 20}}
	t.Nodes[1].Volumes = []topology.Volume{{Name: "mail", Path: "/srv/mail", Size: 32 << 20}}
	return t
}

// TestAPowerCutLosesWhatWasNotForcedToTheDisk, and a kill does not.
func TestAPowerCutLosesWhatWasNotForcedToTheDisk(t *testing.T) {
	s := up(t, needEngine(t), withDisks(), topology.Options{Faulted: []string{"store1"}})
	store := instance(t, s, "store1")
	shell := func(script string) string {
		out, err := store.Exec(t.Context(), []string{"sh", "-c", script})
		must(t, err)
		return strings.TrimSpace(string(out.Stdout))
	}
	disk := func() faults.Disk {
		disks, err := store.Disks(t.Context())
		must(t, err)
		if len(disks) != 1 || disks[0].Volume != "mail" {
			t.Fatalf("disks = %+v", disks)
		}
		return disks[0]
	}
	again := func() {
		must(t, store.Start(t.Context()))
		healthy(t, faults.Target{Reach: probe.Reach(s, "store1", topology.IMAP, "* OK")})
		if d := disk(); !d.Mounted || d.Shut || d.Unclean {
			t.Errorf("after a start: %+v", d)
		}
	}
	if got := shell("stat -f -c %T /srv/mail; ls -A /srv/mail"); got != "ext2/ext3" {
		t.Errorf("the new file system is %q, want ext2/ext3, and empty", got)
	}

	shell("echo written >/srv/mail/written")
	must(t, store.Kill(t.Context(), false))
	unmounted(t, disk)
	if d := disk(); d.Unclean {
		t.Errorf("a kill left the disk unclean: %+v", d)
	}
	again()
	if got := shell("cat /srv/mail/written"); got != "written" {
		t.Errorf("after a kill a file holds %q, want what was written", got)
	}

	shell("echo forced >/srv/mail/forced && sync /srv/mail/forced && echo written >/srv/mail/lost")
	must(t, store.CutPower(t.Context()))
	if d := disk(); !d.Shut {
		t.Errorf("after the cut: %+v", d)
	}
	must(t, store.Kill(t.Context(), false))
	unmounted(t, disk)
	if d := disk(); !d.Unclean {
		t.Errorf("the cut left the disk in order: %+v", d)
	}
	again()
	if got := shell("cat /srv/mail/forced"); got != "forced" {
		t.Errorf("after a power cut a file that was forced to the disk holds %q", got)
	}
	if got := shell("cat /srv/mail/lost"); got != "" {
		t.Errorf("after a power cut a file that was not forced to the disk holds %q", got)
	}

	// Half a fault: the disks are dead, the server lives. A start rights that.
	must(t, store.CutPower(t.Context()))
	again()
}

func unmounted(t *testing.T, disk func() faults.Disk) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for disk().Mounted {
		if ctx.Err() != nil {
			t.Fatal("the disk stays mounted")
		}
	}
}

// TestDisksLeaveNothing: neither device nor image outlives its run, whoever
// clears up.
func TestDisksLeaveNothing(t *testing.T) {
	cli := needEngine(t)
	for name, end := range map[string]func(ctx context.Context, s topology.System, run string) error{
		"closed":     func(ctx context.Context, s topology.System, _ string) error { return s.Close(ctx) },
		"cleaned up": func(ctx context.Context, _ topology.System, run string) error { return docker.ForceCleanup(ctx, run) },
	} {
		t.Run(name, func(t *testing.T) {
			run := fmt.Sprintf("disks-%x", time.Now().UnixNano())
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			s, err := runtime(t).Start(ctx, withDisks(), topology.Options{RunID: run})
			must(t, err)
			t.Cleanup(func() { _ = s.Close(context.WithoutCancel(ctx)) })
			keeper, err := cli.ContainerInspect(ctx, "maildrill-"+run+".keeper")
			must(t, err)
			images := slices.DeleteFunc(keeper.Mounts, func(m container.MountPoint) bool { return m.Type != mount.TypeVolume })
			if len(images) != 1 || len(loops(t, run)) != 2 {
				t.Errorf("while it runs: volumes %+v, devices %v; want one with two", images, loops(t, run))
			}
			must(t, end(ctx, s, run))
			gone := func() bool {
				_, err := cli.VolumeInspect(ctx, images[0].Name)
				return errdefs.IsNotFound(err) && len(loops(t, run)) == 0
			}
			for !gone() && ctx.Err() == nil { // the engine removes a volume after its container
				time.Sleep(20 * time.Millisecond)
			}
			if !gone() {
				t.Errorf("left: devices %v, or volume %s", loops(t, run), images[0].Name)
			}
		})
	}
}

// loops lists the loop devices of a run, if the engine's host is this one.
func loops(t *testing.T, run string) []string {
	t.Helper()
	files, err := filepath.Glob("/sys/block/loop*/loop/backing_file")
	must(t, err)
	var found []string
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), "maildrill-"+run+"-") {
			found = append(found, f+" "+strings.TrimSpace(string(text)))
		}
	}
	return found
}
