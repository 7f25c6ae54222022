package keeper

import (
	"context"
	"io"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/system"

	"maildrill/faults"
	"maildrill/harness/agent/sweep"
)

// Engine is what of the container engine a keeper needs; *client.Client of
// github.com/docker/docker has it.
type Engine interface {
	lifecycle
	freezer
	describer
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

// Kernel is what of the engine's host a keeper needs. Every method names a
// process of the node, by its id on the host.
type Kernel interface {
	namespaces
	processes
	meters
	devices
}

// namespaces acts on the namespaces of a process.
type namespaces interface {
	Cut(pid int, ttl time.Duration) error
	Mend(pid int) error
	Dropped(pid int) (packets uint64, on bool, err error)
	Seal(pid int) error
	Resolve(pid int, conf string) error
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
	Beside(pid int, name string) ([]faults.Process, error)
	Signal(p faults.Process, signal string) error
	Kill(pid int) error
}
