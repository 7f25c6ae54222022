package planning

import (
	"slices"
	"strings"

	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// needs lists the rights that the drill takes on the engine's host.
func needs(p *Plan) []string {
	list := []string{"a Docker engine that may start containers on an internal network with no route out",
		"one container, the keeper, with the engine's socket, the host's processes and the rights SYS_ADMIN, NET_ADMIN and SYS_PTRACE; it holds every inverse"}
	list = append(list, diskNeeds(p.Topology)...)
	var abilities []string
	for _, s := range p.Steps {
		for _, a := range s.Kind.Needs {
			if !slices.Contains(abilities, string(a)) {
				abilities = append(abilities, string(a))
			}
		}
	}
	if len(abilities) > 0 {
		list = append(list, "abilities of the nodes: "+strings.Join(abilities, ", "))
	}
	return list
}

// diskNeeds are what disks of nodes' own take beside that.
func diskNeeds(t topology.Topology) []string {
	var total int64
	kinds, maker := "ext4", "of the image of dovecot, with mke2fs"
	for _, n := range diskNodes(t) {
		for _, v := range n.Volumes {
			total += v.Size
			if v.Type == "xfs" {
				kinds, maker = "ext4 or XFS", "of an image with xfsprogs, with mke2fs and mkfs.xfs"
			}
		}
	}
	if total == 0 {
		return nil
	}
	return []string{
		"for the disks: loop devices and " + kinds + " in the kernel of the engine's host, and " + scenarios.Size(total).String() + " in a volume of the engine, which holds their images; nothing of the host's own /dev, and no program of the host",
		"for the disks the keeper may also make device files (MKNOD) and use loop devices and their control (device rules b 7:* and c 10:237); a container without network, " + maker + ", makes the file systems",
	}
}
