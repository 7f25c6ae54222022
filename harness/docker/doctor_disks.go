package docker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent"
	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// diskLimit bounds the trial of a disk, a start and two mounts included.
const diskLimit = 30 * time.Second

const (
	disksDetail = "a loop device with %s (%d MiB) was made, mounted, shut down as by a power cut, and mounted again; what was forced to it is there"
	disksAdvice = "volumes with a `size` of the type %[1]s, and all storage faults on them, do not work on this engine, everything else does; its host needs loop devices " +
		"(modprobe loop) and %[1]s, and must let the keeper make devices (the capability MKNOD, the device rules b 7:* and c 10:237)"
	disksUntried = "the image with the program that makes the file system is not here yet: nothing is known of volumes with a `size` and of the storage faults on them"
	imagesAdvice = "maildrill images build, then maildrill doctor again"

	accessName   = "disk access"
	accessDetail = "the kernel has asked before a file was opened, and has waited for the answer (fanotify(7))"
	accessAdvice = "storage.slow and storage.io-error cannot be made on this engine, the other storage faults can: its host needs Linux 6.14 or later with CONFIG_FANOTIFY_ACCESS_PERMISSIONS"
)

// diskTrial is a file system; XFS is one that ext4 can stand in for.
type diskTrial struct {
	name, kind, image string
	size              int64
}

// leavesOut are the kinds of fault that cannot be made without it.
func (c diskTrial) leavesOut() []string {
	if c.kind != "ext4" {
		return nil
	}
	return leavesOut(faults.CanCutPower, faults.Ability(faults.Disks))
}

// candidates are the file systems that are tried.
var candidates = []diskTrial{
	{"disks", "ext4", formatter, leastSize},
	{"disks (XFS)", "xfs", xfsFormatter, leastXFS},
}

// examineDisks tries disks of a node's own, each on a system of its own, so that
// an engine without them is still tried for everything else. Making the image
// that makes the file system takes longer than anybody waits for a doctor:
// without it nothing is tried, and that is said.
func (r *Runtime) examineDisks(ctx context.Context) []Check {
	var checks []Check
	for _, c := range candidates {
		image, found, err := images.Find(ctx, r.cli, c.image)
		if err == nil && !found {
			checks = append(checks, Check{Name: c.name, Untried: true, Detail: disksUntried, Advice: imagesAdvice})
			continue
		}
		var access error
		if err == nil {
			access, err = r.tryDisk(ctx, image.Ref, c.kind, c.size)
		}
		checks = append(checks, checked(c.name, fmt.Sprintf(disksDetail, c.kind, c.size>>20), err, fmt.Sprintf(disksAdvice, c.kind)).without(c.leavesOut()))
		if c.kind == "ext4" && err == nil {
			checks = append(checks, checked(accessName, accessDetail, access, accessAdvice).without([]string{"storage.io-error", "storage.slow"}))
		}
	}
	return checks
}

// tryDisk leaves nothing, whatever fails. access is what is wrong with being
// asked before each access; err is what is wrong with the disk.
func (r *Runtime) tryDisk(ctx context.Context, image, kind string, size int64) (access, err error) {
	ctx, cancel := context.WithTimeout(ctx, diskLimit)
	defer cancel()
	t := topology.Topology{Name: "doctor", Nodes: []topology.Node{
		{Name: "outside", Host: "outside.doctor.test", Server: agent.Outside},
		{Name: "disk", Host: "disk.doctor.test", Server: "custom", Image: image, Command: []string{"sleep", "infinity"},
			Volumes: []topology.Volume{{Name: "disk", Path: "/disk", Size: size, Type: kind}}},
	}}
	s, err := r.Start(ctx, t, topology.Options{RunID: fmt.Sprintf("doctor-disk-%x", time.Now().UnixNano())})
	if err != nil {
		return nil, err
	}
	err = s.(*System).examinePowerCut(ctx)
	access = s.(*System).examineAccess(ctx)
	limit, end := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer end()
	return access, errors.Join(err, s.Close(limit))
}

// asked is how long an access has to wait.
const asked = 50 * time.Millisecond

// examineAccess does to the node "disk" what storage.slow does.
func (s *System) examineAccess(ctx context.Context) error {
	rule, err := faults.NewRule("doctor", faults.Disks, faults.DiskSpec{Volume: "disk", Do: faults.DiskSlow, Delay: int64(asked)}, time.Minute)
	if err != nil {
		return err
	}
	node := s.keeper.Node("disk")
	if err := node.Put(ctx, rule); err != nil {
		return err
	}
	felt, err := node.Touch(ctx, faults.Touch{Volume: "disk", Try: faults.TryCreate})
	if err == nil && felt.Took < asked {
		err = fmt.Errorf("an access that should wait %v took %v", asked, felt.Took)
	}
	return errors.Join(err, node.Take(ctx, faults.Disks, rule.ID))
}

// examinePowerCut does to the node "disk" what storage.power-cut does: a start
// ends what runs on a dead disk, and replays its journal.
func (s *System) examinePowerCut(ctx context.Context) error {
	n, _ := s.Instance("disk")
	node, ok := n.(heldNode)
	if !ok {
		return errors.New("the node with the disk is not held")
	}
	if _, err := node.shell(ctx, "echo forced >/disk/mail && sync /disk/mail"); err != nil {
		return err
	}
	if err := node.CutPower(ctx); err != nil {
		return err
	}
	if err := onlyDisk(ctx, node, func(d faults.Disk) bool { return d.Shut }); err != nil {
		return fmt.Errorf("after it was shut down: %w", err)
	}
	if err := node.Start(ctx); err != nil {
		return err
	}
	if err := onlyDisk(ctx, node, func(d faults.Disk) bool { return d.Mounted && !d.Shut }); err != nil {
		return fmt.Errorf("after the next mount: %w", err)
	}
	if kept, err := node.shell(ctx, "cat /disk/mail"); err != nil || kept != "forced" {
		return errors.Join(fmt.Errorf("of what was forced to the disk there is %q", kept), err)
	}
	return nil
}

// onlyDisk makes sure of the state of the only disk of a node.
func onlyDisk(ctx context.Context, n faults.PowerCutter, is func(faults.Disk) bool) error {
	disks, err := n.Disks(ctx)
	if err == nil && (len(disks) != 1 || !is(disks[0])) {
		err = fmt.Errorf("the disk is %+v", disks)
	}
	return err
}

// shell runs a script in the node and gives what it prints.
func (i *insides) shell(ctx context.Context, script string) (string, error) {
	out, err := i.Exec(ctx, []string{"sh", "-ec", script})
	if err == nil && out.Code != 0 {
		err = fmt.Errorf("%s: exit code %d: %s", script, out.Code, strings.TrimSpace(string(out.Stderr)))
	}
	return strings.TrimSpace(string(out.Stdout)), err
}
