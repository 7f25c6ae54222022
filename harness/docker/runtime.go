package docker

import (
	"context"
	"fmt"
	"sync"

	"github.com/docker/docker/api/types/system"
	"github.com/docker/docker/client"

	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// Config says what the engine and the environment cannot.
type Config struct {
	// Binary is a static linux build of maildrill for the engine's machine:
	// it becomes the image of agents and keeper.
	Binary string
	// Socket is the path of the engine's socket on the engine's own host.
	// Empty: $MAILDRILL_ENGINE_SOCKET, else /var/run/docker.sock.
	Socket string
	// Guard is the command that runs [Guard] with the run's id as its last
	// argument. Without it a maildrill that is killed while its keeper is made
	// may leave that keeper to `maildrill cleanup`.
	Guard []string
}

// Runtime is a container engine.
type Runtime struct {
	config Config
	cli    *client.Client
	info   system.Info
	maker  *maker
	turns  turns

	mu    sync.Mutex
	agent images.Image // made of Config.Binary, on first use
}

var _ topology.Runtime = (*Runtime)(nil)

// New finds the engine and makes sure that it answers. Its errors wrap
// topology.ErrUnavailable and say what to do.
func New(ctx context.Context, c Config) (*Runtime, error) {
	cli, info, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	maker, err := newMaker(ctx, info.ID)
	if err != nil {
		_ = cli.Close()
		return nil, err
	}
	return &Runtime{config: c, cli: cli, info: info, maker: maker, turns: newTurns(info.NCPU)}, nil
}

// Name is "docker".
func (r *Runtime) Name() string { return "docker" }

// Simulated is false: the servers are real.
func (r *Runtime) Simulated() bool { return false }

// Close lets the connection to the engine go. Systems must be closed before.
func (r *Runtime) Close() error { return r.cli.Close() }

// agentImage makes the image of agents and keeper once.
func (r *Runtime) agentImage(ctx context.Context) (images.Image, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.agent.Ref != "" {
		return r.agent, nil
	}
	image, err := images.Agent(ctx, r.cli, r.config.Binary)
	if err != nil {
		return images.Image{}, &topology.Unavailable{Err: fmt.Errorf("make the agent's image: %w", err),
			Remedy: "name a static maildrill for the engine's machine in MAILDRILL_BINARY (CGO_ENABLED=0 GOOS=linux go build)"}
	}
	r.agent = image
	return image, nil
}
