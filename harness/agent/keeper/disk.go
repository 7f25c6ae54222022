package keeper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
	"maildrill/harness/agent/blockdev"
)

// Images is the folder, in the keeper's container, of the disks' images.
const Images = "/disks"

// Image is the file of a disk. Its name tells the run, for who lists devices.
func Image(run, node, volume string) string {
	return filepath.Join(Images, "maildrill-"+run+"-"+node+"-"+volume+".img")
}

// disks are the devices that the keeper has made, by image. They are held open
// as long as it lives: the kernel takes a device away that nobody holds.
type disks struct {
	mu      sync.Mutex
	devices map[string]string
	holds   []io.Closer
	dead    map[string]bool // devices that were seen to take no writes, until the next mount
}

// died notes whether a device was seen dead.
func (d *disks) died(device string, dead bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead == nil {
		d.dead = map[string]bool{}
	}
	d.dead[device] = dead
}

// isDead tells what was noted last.
func (d *disks) isDead(device string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead[device]
}

// device is that of an image; empty: there is none yet.
func (d *disks) device(image string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.devices[image]
}

// add makes the device of an image, once.
func (d *disks) add(k devices, image, label string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if device := d.devices[image]; device != "" {
		return device, nil
	}
	device, hold, err := k.Attach(image, label)
	if err != nil {
		return "", err
	}
	if d.devices == nil {
		d.devices = map[string]string{}
	}
	d.devices[image], d.holds = device, append(d.holds, hold)
	return device, nil
}

// attach makes the devices of the node's disks.
func (n node) attach() (attachReply, error) {
	a := attachReply{Devices: map[string]string{}}
	for volume := range n.Disks {
		device, err := n.disks.add(n.kernel, Image(n.run, n.name, volume), "maildrill:"+n.run+":"+n.name+":"+volume)
		if err != nil {
			return a, fmt.Errorf("make a device for volume %s of %s: %w", volume, n.name, err)
		}
		a.Devices[volume] = device
	}
	return a, nil
}

// each visits the node's disks in order of their names.
func (n node) each(visit func(volume, path, device string) error) error {
	for _, volume := range slices.Sorted(maps.Keys(n.Disks)) {
		device := n.disks.device(Image(n.run, n.name, volume))
		if device == "" {
			return fmt.Errorf("volume %s of %s has no device yet", volume, n.name)
		}
		if err := visit(volume, n.Disks[volume], device); err != nil {
			return fmt.Errorf("volume %s of %s: %w", volume, n.name, err)
		}
	}
	return nil
}

// cutPower shuts every disk of the node down.
func (n node) cutPower(ctx context.Context) error {
	if len(n.Disks) == 0 {
		return fmt.Errorf("%s has no disk of its own: give one of its volumes a size", n.name)
	}
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return err
	}
	if s.Pid <= 0 {
		return fmt.Errorf("cut the power of %s: %w", n.name, errDown)
	}
	return n.each(func(_, path, device string) error {
		if err := n.kernel.Shut(s.Pid, path, device); err != nil {
			return err
		}
		dead, err := n.kernel.IsShut(s.Pid, path, device)
		n.disks.died(device, err == nil && dead)
		return err
	})
}

// look tells the state of each disk.
func (n node) look(ctx context.Context) ([]faults.Disk, error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return nil, err
	}
	var found []faults.Disk
	err = n.each(func(volume, path, device string) error {
		mounted, unclean, err := n.kernel.Look(device)
		d := faults.Disk{Volume: volume, Mounted: mounted, Unclean: unclean && !mounted}
		if err == nil && mounted && s.Running && s.Pid > 0 {
			d.Shut, err = n.kernel.IsShut(s.Pid, path, device)
			n.disks.died(device, d.Shut)
		}
		// XFS marks nothing at a mount: if nobody had written since, its log is as
		// a clean unmount has left it. That it was seen dead is the sign then.
		if kind, _ := blockdev.Kind(device); kind == "xfs" && !mounted {
			d.Unclean = unclean || n.disks.isDead(device)
		}
		found = append(found, d)
		return err
	})
	return found, err
}

// onDeadDisks tells whether the node runs on a disk that was shut down.
func (n node) onDeadDisks(pid int) bool {
	dead := false
	_ = n.each(func(_, path, device string) error {
		shut, err := n.kernel.IsShut(pid, path, device)
		dead = dead || err == nil && shut
		return nil
	})
	return dead
}

// endWait is the pause between two looks whether a container has ended.
const endWait = 20 * time.Millisecond

// endAndWait kills the node and returns when the engine knows.
func (n node) endAndWait(ctx context.Context) (container.State, error) {
	if err := n.kill(ctx, false); err != nil {
		return container.State{}, err
	}
	tick := time.NewTicker(endWait)
	defer tick.Stop()
	for {
		s, err := n.inspect(ctx, n.Container)
		if err != nil || !s.Running {
			return s, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return s, errors.Join(fmt.Errorf("%s does not end", n.name), ctx.Err())
		}
	}
}
