package keeper

import (
	"context"
	"io"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/system"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"maildrill/faults"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/program"
	"maildrill/harness/agent/sweep"
)

// Engine is what of the container engine a keeper needs; *client.Client of
// github.com/docker/docker has it.
type Engine interface {
	lifecycle
	freezer
	describer
	program.Engine
	copier
	replacer
	sweep.Engine
}

type lifecycle interface {
	ContainerInspect(ctx context.Context, id string) (container.InspectResponse, error)
	ContainerStart(ctx context.Context, id string, o container.StartOptions) error
	ContainerStop(ctx context.Context, id string, o container.StopOptions) error
	ContainerKill(ctx context.Context, id, signal string) error
}

type freezer interface {
	ContainerPause(ctx context.Context, id string) error
	ContainerUnpause(ctx context.Context, id string) error
}

type describer interface {
	Info(ctx context.Context) (system.Info, error)
	ContainerRename(ctx context.Context, id, name string) error
}

// replacer puts another container in the place of one.
type replacer interface {
	ContainerCreate(ctx context.Context, c *container.Config, h *container.HostConfig, n *network.NetworkingConfig, p *ocispec.Platform, name string) (container.CreateResponse, error)
}

// copier reads and writes files of a container, dead or alive, as archives.
type copier interface {
	CopyFromContainer(ctx context.Context, id, path string) (io.ReadCloser, container.PathStat, error)
	CopyToContainer(ctx context.Context, id, folder string, archive io.Reader, o container.CopyToContainerOptions) error
}

// Kernel is what of the engine's host a keeper needs. Every method names a
// process of the node, by its id on the host.
type Kernel interface {
	namespaces
	processes
	meters
	devices
	// Try carries a mechanism out on the keeper itself.
	Try(ctx context.Context, mechanism string) error
}

// namespaces acts on the namespaces of a process.
type namespaces interface {
	Cut(pid int, ttl time.Duration) error
	Mend(pid int) error
	Dropped(pid int) (packets uint64, on bool, err error)
	Seal(pid int) error
	Resolve(pid int, conf string) error
	// Filter lets a rule on packets stand, Unfilter takes it away, Filters lists
	// those in force.
	Filter(pid int, id string, spec faults.PacketSpec, ttl time.Duration) error
	Unfilter(pid int, id string) error
	Filters(pid int) ([]netrules.Filtered, error)
	// Treat lets a rule stand whose packets the keeper treats, until it is closed.
	Treat(pid int, id string, spec faults.PacketSpec, ttl time.Duration, queue uint16) (Treatment, error)
	// Meter sends a train of datagrams to the namespace of another process.
	Meter(ctx context.Context, pid, other int, t faults.Train) (faults.Journey, error)
	// Unplug puts the network interfaces down until they are plugged in again.
	Unplug(pid int) (Unplugged, error)
	// Snapshot shows what the kernel holds for the network namespace.
	Snapshot(pid int) (faults.Snapshot, error)
	// Holds shows what mounts and limits a process has.
	Holds(pid int) (faults.Snapshot, error)
	// Visit makes an attempt from the network namespace.
	Visit(ctx context.Context, pid int, v faults.Visit) (faults.Sight, error)
}

// Treatment is what the keeper does to the packets of a rule.
type Treatment interface {
	// By names what does it: "netem", "nfqueue".
	By() string
	// Alive tells whether it is done.
	Alive() bool
	// Counts tells to how many packets it was done, and how many a full line has
	// dropped.
	Counts() (treated, overflown uint64)
	// Close lets go whatever waits.
	Close() error
}

// Unplugged are the interfaces of a network namespace that were put down. Each
// method takes the path of the namespace.
type Unplugged interface {
	Down(namespace string) (bool, error)
	Plug(namespace string) error
}

// devices are disks made of files.
type devices interface {
	// Attach makes a device of an image, and tells its path. It is gone when it
	// is closed and nobody has it mounted.
	Attach(image, label string) (device string, hold io.Closer, err error)
	// Shut shuts down the file system of the device that the process sees at
	// path, without a flush.
	Shut(pid int, path, device string) error
	// IsShut tells whether the file system that the process sees at path takes
	// no more writes.
	IsShut(pid int, path, device string) (bool, error)
	// Look tells whether the device is mounted by anybody, and whether its
	// journal waits to be replayed.
	Look(device string) (mounted, unclean bool, err error)
}

// processes lists and signals what shares the PID namespace of a process.
type processes interface {
	// Freeze stops or thaws the control group of a process, behind the engine's
	// back.
	Freeze(pid int, frozen bool) error
	// Frozen tells whether that group stands still.
	Frozen(pid int) (bool, error)
	Beside(pid int, name string) ([]faults.Process, error)
	Signal(p faults.Process, signal string) error
	Kill(pid int) error
}
