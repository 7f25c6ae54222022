package docker

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/pkg/stdcopy"

	"maildrill/harness/agent/keeper"
	"maildrill/harness/topology"
)

// leastSize is the smallest file system that has a journal and room for mail.
const leastSize = 16 << 20

// leastXFS is the smallest file system that mkfs.xfs(8) makes.
const leastXFS = 300 << 20

// blockSize is that of the files that become disks, in bytes.
const blockSize = 4096

// disksOf are the volumes of a node that are file systems of their own, on
// devices of their own: those whose size is limited. Only these can be full, or
// lose what was not yet written.
func disksOf(n topology.Node) (map[string]string, error) {
	disks := map[string]string{}
	for _, v := range n.Volumes {
		switch {
		case v.Size == 0:
		case v.Type != "" && v.Type != "ext4" && v.Type != "xfs":
			return nil, fmt.Errorf("volume %s: file system %q; valid: ext4, xfs", v.Name, v.Type)
		case v.Type == "xfs" && v.Size < leastXFS:
			return nil, fmt.Errorf("volume %s: %d bytes are too few for XFS; at least %d are needed", v.Name, v.Size, leastXFS)
		case v.Size < leastSize:
			return nil, fmt.Errorf("volume %s: %d bytes are too few for a file system; at least %d are needed", v.Name, v.Size, leastSize)
		default:
			disks[v.Name] = v.Path
		}
	}
	return disks, nil
}

// hasDisks tells whether any node has a disk; the keeper needs more powers then.
func (l layout) hasDisks() bool {
	for _, p := range l.nodes {
		if len(p.disks) > 0 {
			return true
		}
	}
	return false
}

// makeDisks makes the file systems of a node, and gives their devices by volume.
func (b *build) makeDisks(ctx context.Context, p planned) (map[string]string, error) {
	if len(p.disks) == 0 {
		return nil, nil
	}
	if err := b.format(ctx, p); err != nil {
		return nil, fmt.Errorf("make the file systems of %s: %w", p.Name, err)
	}
	devices, err := b.system.keeper.Node(p.Name).Attach(ctx)
	if err != nil && ctx.Err() == nil {
		err = &topology.Unavailable{Err: fmt.Errorf("make the disks of %s: %w", p.Name, err), Remedy: fmt.Sprintf(disksAdvice, "ext4 or XFS")}
	}
	return devices, err
}

// format runs mke2fs(8) or mkfs.xfs(8) in a container of a server's image, on files in the
// keeper's volume: the keeper itself has no programs. The engine's host needs
// none either.
func (b *build) format(ctx context.Context, p planned) error {
	name := p.container + ".mkfs"
	made, err := b.cli.ContainerCreate(ctx, &container.Config{
		Image: b.images[b.layout.formatter()].Ref, Cmd: []string{"sh", "-ec", formatScript(b.run, p)}, Labels: labels(b.run, "mkfs"),
	}, &container.HostConfig{
		NetworkMode: "none", VolumesFrom: []string{keeperName(b.run)},
	}, nil, nil, name)
	if err != nil {
		return fmt.Errorf("create %s: %w", name, err)
	}
	if err := b.start(ctx, name); err != nil {
		return err
	}
	ended, failed := b.cli.ContainerWait(ctx, made.ID, container.WaitConditionNotRunning)
	select {
	case err := <-failed:
		return err
	case end := <-ended:
		if end.StatusCode != 0 {
			return fmt.Errorf("mkfs ended with code %d: %s", end.StatusCode, b.saidBy(ctx, name))
		}
	}
	return b.cli.ContainerRemove(ctx, name, container.RemoveOptions{Force: true})
}

// saidBy is the output of a container of ours.
func (b *build) saidBy(ctx context.Context, name string) string {
	stream, err := b.cli.ContainerLogs(ctx, name, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return err.Error()
	}
	defer stream.Close()
	var text bytes.Buffer
	_, _ = stdcopy.StdCopy(&text, &text, stream)
	return strings.TrimSpace(text.String())
}

// formatter is the kind of server whose image has mke2fs: every one has, since
// Debian counts it among the required packages (deb-policy, "required").
const formatter = "dovecot"

// xfsFormatter is that of the image that has mkfs.xfs too.
const xfsFormatter = "xfs"

// formatter is the image that can make all file systems of the layout.
func (l layout) formatter() string {
	for _, p := range l.nodes {
		for _, v := range p.Volumes {
			if _, disk := p.disks[v.Name]; disk && v.Type == "xfs" {
				return xfsFormatter
			}
		}
	}
	return formatter
}

// formatScript makes one image for each disk. Everything is written now, so
// that nothing is left for the kernel to do during the drill. lost+found goes: it
// would be taken for a mailbox, or for a queue. A copy is what replaces a disk
// that is lost; what is empty in it takes no room.
func formatScript(run string, p planned) string {
	var script strings.Builder
	for _, v := range p.Volumes {
		if _, disk := p.disks[v.Name]; disk {
			image := quoteShell(keeper.Image(run, p.Name, v.Name))
			if v.Type == "xfs" {
				fmt.Fprintf(&script, "mkfs.xfs -q -f -K -d file,name=%s,size=%d\n", image, v.Size/blockSize*blockSize)
				fmt.Fprintf(&script, "cp --sparse=always %s %s\n", image, image+keeper.Blank)
				continue
			}
			fmt.Fprintf(&script, "mke2fs -q -F -t ext4 -m 0 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 -b %d %s %s\n",
				blockSize, image, strconv.FormatInt(v.Size/blockSize, 10))
			fmt.Fprintf(&script, "debugfs -w -R 'rmdir lost+found' %s 2>/dev/null\n", image)
			fmt.Fprintf(&script, "cp --sparse=always %s %s\n", image, image+keeper.Blank)
		}
	}
	return script.String()
}

// quoteShell makes one word of a text (sh(1)).
func quoteShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// diskMount is a volume that the engine mounts from a device, whenever a
// container of the node runs: a start replays the journal.
func (b *build) diskMount(device, kind, options string) *mount.VolumeOptions {
	return &mount.VolumeOptions{
		Labels: labels(b.run, "volume"),
		DriverConfig: &mount.Driver{
			Name: "local", Options: map[string]string{"type": cmp.Or(kind, "ext4"), "device": device, "o": options},
		},
	}
}
