package docker

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/docker/docker/api/types/system"
	"github.com/docker/docker/client"

	"maildrill/harness/topology"
)

// pingLimit is how long an engine may take to answer at all.
const pingLimit = 10 * time.Second

// advice is what to do when no engine answers.
const advice = "start a Docker engine that this user may speak to, set DOCKER_HOST to the address of one, " +
	"or play drills SIMULATED, with --runtime embedded"

// connect finds the engine by the environment and makes sure that it answers.
// The API version is negotiated. Errors are [topology.Unavailable].
func connect(ctx context.Context) (*client.Client, system.Info, error) {
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return nil, system.Info{}, unavailable(fmt.Errorf("configure the engine's client: %w", err))
	}
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	if _, err := cli.Ping(ctx); err != nil {
		_ = cli.Close()
		return nil, system.Info{}, unavailable(fmt.Errorf("no container engine answers at %s: %w", cli.DaemonHost(), err))
	}
	info, err := cli.Info(ctx)
	if err != nil {
		_ = cli.Close()
		return nil, system.Info{}, unavailable(fmt.Errorf("ask the engine at %s: %w", cli.DaemonHost(), err))
	}
	return cli, info, nil
}

func unavailable(err error) error { return &topology.Unavailable{Err: err, Remedy: advice} }

// socketPath is the engine's socket as the engine's own host names it: it is
// bound into the keeper by the engine, so it need not exist where maildrill is.
func socketPath(configured string) string {
	for _, path := range []string{configured, os.Getenv("MAILDRILL_ENGINE_SOCKET")} {
		if path != "" {
			return path
		}
	}
	return "/var/run/docker.sock"
}
