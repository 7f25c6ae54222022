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
	disksName   = "disks"
	disksDetail = "a loop device with ext4 (16 MiB) was made, mounted, shut down as by a power cut, and mounted again; what was forced to it is there"
	disksAdvice = "volumes with a `size` and storage.power-cut do not work on this engine, everything else does; its host needs loop devices (modprobe loop) " +
		"and ext4, and must let the keeper make devices (the capability MKNOD, the device rules b 7:* and c 10:237)"
	disksUntried = "the image with mke2fs is not here yet: nothing is known of volumes with a `size` and of storage.power-cut"
	imagesAdvice = "maildrill images build, then maildrill doctor again"
)

// examineDisks tries a disk of a node's own, on a system of its own, so that
// an engine without them is still tried for everything else. Making the image
// that has mke2fs takes longer than anybody waits for a doctor: without it
// nothing is tried, and that is said.
func (r *Runtime) examineDisks(ctx context.Context) Check {
	image, found, err := images.Find(ctx, r.cli, formatter)
	if err == nil && !found {
		return Check{Name: disksName, Untried: true, Detail: disksUntried, Advice: imagesAdvice}
	}
	if err == nil {
		err = r.tryDisk(ctx, image.Ref)
	}
	return checked(disksName, disksDetail, err, disksAdvice)
}

// tryDisk leaves nothing, whatever fails.
func (r *Runtime) tryDisk(ctx context.Context, image string) error {
	ctx, cancel := context.WithTimeout(ctx, diskLimit)
	defer cancel()
	t := topology.Topology{Name: "doctor", Nodes: []topology.Node{
		{Name: "outside", Host: "outside.doctor.test", Server: agent.Outside},
		{Name: "disk", Host: "disk.doctor.test", Server: "custom", Image: image, Command: []string{"sleep", "infinity"},
			Volumes: []topology.Volume{{Name: "disk", Path: "/disk", Size: leastSize}}},
	}}
	s, err := r.Start(ctx, t, topology.Options{RunID: fmt.Sprintf("doctor-disk-%x", time.Now().UnixNano())})
	if err != nil {
		return err
	}
	err = s.(*System).examinePowerCut(ctx)
	limit, end := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer end()
	return errors.Join(err, s.Close(limit))
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
