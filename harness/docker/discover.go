package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/client"

	"maildrill/harness/intake/compose"
)

// Labels that Compose gives its containers.
const (
	composeProject = "com.docker.compose.project"
	composeService = "com.docker.compose.service"
)

// Bounds of what is read of a container: configuration.
const (
	mostRead    = 2000
	largestRead = 1 << 20
)

// configured are the folders that are read of each container.
var configured = []string{"/etc/postfix", "/etc/dovecot"}

// Discover reads the containers of a Compose project, and starts, stops and changes
// nothing. A container that is down is read too.
func Discover(ctx context.Context, project string) ([]compose.Running, error) {
	cli, _, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer cli.Close()
	list, err := cli.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", composeProject+"="+project))})
	if err != nil {
		return nil, fmt.Errorf("look for the project %s: %w", project, err)
	}
	var all []compose.Running
	for _, c := range list {
		r, err := describe(ctx, cli, c.ID)
		if err != nil {
			return nil, fmt.Errorf("read the container %s: %w", strings.Join(c.Names, " "), err)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b compose.Running) int { return strings.Compare(a.Service, b.Service) })
	return all, nil
}

// Projects lists those that the engine has containers of.
func Projects(ctx context.Context) ([]string, error) {
	cli, _, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer cli.Close()
	list, err := cli.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", composeProject))})
	names := map[string]bool{}
	for _, c := range list {
		names[c.Labels[composeProject]] = true
	}
	return slices.Sorted(maps.Keys(names)), err
}

// describe reads one container.
func describe(ctx context.Context, cli *client.Client, id string) (compose.Running, error) {
	c, err := cli.ContainerInspect(ctx, id)
	if err != nil {
		return compose.Running{}, err
	}
	r := compose.Running{Service: c.Config.Labels[composeService], Container: strings.TrimPrefix(c.Name, "/"), Image: c.Config.Image, Hostname: c.Config.Hostname, Env: c.Config.Env,
		Labels: c.Config.Labels, Restart: string(c.HostConfig.RestartPolicy.Name), Host: c.HostConfig.NetworkMode.IsHost()}
	if c.Config.Domainname != "" {
		r.Hostname += "." + c.Config.Domainname
	}
	for p := range c.Config.ExposedPorts {
		r.Ports = append(r.Ports, p.Int())
	}
	for name, n := range c.NetworkSettings.Networks {
		r.Networks, r.Aliases = append(r.Networks, name), append(r.Aliases, n.Aliases...)
	}
	for _, m := range c.Mounts {
		r.Mounts = append(r.Mounts, compose.Mount{Volume: m.Name, Source: m.Source, Target: m.Destination, Tmpfs: m.Type == mount.TypeTmpfs})
	}
	r.Files = map[string][]byte{}
	for _, folder := range configured {
		if err := readFolder(ctx, cli, id, folder, r.Files); err != nil {
			return r, fmt.Errorf("read %s: %w", folder, err)
		}
	}
	return r, nil
}

// readFolder reads the texts of a folder of a container, but for private keys and
// passwords. One that is not there has none.
func readFolder(ctx context.Context, cli *client.Client, id, folder string, files map[string][]byte) error {
	archive, _, err := cli.CopyFromContainer(ctx, id, folder)
	if errdefs.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer archive.Close()
	for in := tar.NewReader(archive); len(files) < mostRead; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || h.Size > largestRead {
			continue
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		if bytes.IndexByte(text, 0) < 0 && !bytes.Contains(text, []byte("PRIVATE KEY-----")) && !strings.HasSuffix(h.Name, "sasl_passwd") {
			files[path.Join(path.Dir(folder), h.Name)] = text
		}
	}
	return fmt.Errorf("more than %d files are no configuration", mostRead)
}
