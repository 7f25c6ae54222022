package docker

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	buildapi "github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/testcontainers/testcontainers-go"

	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// maker creates and starts the containers of mail servers through
// testcontainers. All use of that module is in this file.
type maker struct {
	provider *testcontainers.DockerProvider
}

// newMaker makes sure that testcontainers speaks to the same engine as we do:
// it ignores a DOCKER_HOST that does not answer and falls back to the local
// socket, keeps the host it found for the life of the process, and panics where
// it finds none. Its reaper is off: the keeper does that work, and its image
// cannot be pulled everywhere.
func newMaker(ctx context.Context, engineID string) (m *maker, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, unavailable(fmt.Errorf("testcontainers found no engine: %v", p))
		}
	}()
	if err := os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true"); err != nil {
		return nil, err
	}
	// Without the name of the default bridge it would make a network of its own.
	provider, err := testcontainers.NewDockerProvider(
		testcontainers.WithDefaultBridgeNetwork(testcontainers.Bridge))
	if err != nil {
		return nil, unavailable(fmt.Errorf("testcontainers found no engine: %w", err))
	}
	info, err := provider.Client().Info(ctx)
	if err != nil {
		return nil, unavailable(fmt.Errorf("testcontainers cannot ask its engine: %w", err))
	}
	if info.ID != engineID {
		return nil, unavailable(fmt.Errorf("testcontainers speaks to another engine (%s) than DOCKER_HOST names (%s)", info.Name, engineID))
	}
	return &maker{provider: provider}, nil
}

// request is one container of a mail server.
type request struct {
	name    string
	image   string
	command []string
	env     []string
	labels  map[string]string
	host    container.HostConfig
	net     *network.NetworkingConfig // nil: joins another container
	own     topology.Container
	// hostname stays empty for a container that joins another.
	hostname string
	// filled runs after the container was made and before it is started.
	filled func(ctx context.Context, id string) error
}

// create makes the container; what it returns starts it.
func (m *maker) create(ctx context.Context, r request) (start func(context.Context) error, err error) {
	defer func() {
		if p := recover(); p != nil {
			start, err = nil, fmt.Errorf("create %s: testcontainers: %v", r.name, p)
		}
	}()
	made, err := m.provider.CreateContainer(ctx, testcontainers.ContainerRequest{
		Name: r.name, Image: r.image, Cmd: r.command, Labels: r.labels,
		ConfigModifier: func(c *container.Config) {
			c.Env, c.Hostname = r.env, r.hostname
			if len(r.own.Entrypoint) > 0 {
				c.Entrypoint = r.own.Entrypoint
			}
			c.User, c.WorkingDir, c.StopSignal = r.own.User, r.own.WorkingDir, r.own.StopSignal
		},
		HostConfigModifier: func(h *container.HostConfig) { *h = r.host },
		EndpointSettingsModifier: func(e map[string]*network.EndpointSettings) {
			if r.net == nil {
				return
			}
			for name, settings := range r.net.EndpointsConfig {
				e[name] = settings
			}
		},
		LifecycleHooks: []testcontainers.ContainerLifecycleHooks{{
			PostCreates: []testcontainers.ContainerHook{
				func(ctx context.Context, c testcontainers.Container) error {
					return r.filled(ctx, c.GetContainerID())
				},
			},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", r.name, err)
	}
	return func(ctx context.Context) error {
		if err := made.Start(ctx); err != nil {
			return fmt.Errorf("start %s: %w", r.name, err)
		}
		return nil
	}, nil
}

// build makes the image of a folder, with the engine's cache: what has not changed
// costs little. log gets what the build prints.
func (m *maker) build(ctx context.Context, from topology.Build, name string, log io.Writer) error {
	repo, tag, _ := strings.Cut(name, ":")
	args := map[string]*string{}
	for key, value := range from.Args {
		args[key] = &value
	}
	_, err := m.provider.BuildImage(ctx, &testcontainers.ContainerRequest{FromDockerfile: testcontainers.FromDockerfile{
		Context: from.Context, Dockerfile: from.Dockerfile, BuildArgs: args, Repo: repo, Tag: tag, KeepImage: true, BuildLogWriter: log,
		BuildOptionsModifier: func(o *buildapi.ImageBuildOptions) { o.Target, o.Labels = from.Target, images.Labels() },
	}})
	if err != nil {
		return fmt.Errorf("build the image of %s: %w", from.Context, err)
	}
	return nil
}
