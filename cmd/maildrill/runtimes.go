package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildrill/harness/docker"
	"maildrill/harness/embedded"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// runtimes are the names that --runtime takes.
var runtimes = []string{"docker", "embedded"}

// checkRuntime refuses a name that is none.
func checkRuntime(name string) error {
	if slices.Contains(runtimes, name) {
		return nil
	}
	return usage(fmt.Errorf("unknown runtime %q; valid: %s", name, strings.Join(runtimes, ", ")))
}

// runtime makes a runtime by name. There is no silent fallback: a drill on
// simulated servers must have been asked for.
func (p *process) runtime(ctx context.Context, name, scratch string) (topology.Runtime, error) {
	if err := checkRuntime(name); err != nil {
		return nil, err
	}
	if name == "embedded" {
		return embedded.New(embedded.Config{Dir: scratch}), nil
	}
	config, err := p.engineConfig()
	if err != nil {
		return nil, failure(err)
	}
	r, err := docker.New(ctx, config)
	return r, failure(err)
}

// capabilities are what a runtime can do; nil is everything.
func capabilities(runtime string) *planning.Capabilities {
	if runtime != "embedded" {
		return nil
	}
	r := embedded.New(embedded.Config{})
	return &planning.Capabilities{Abilities: r.Abilities(), Servers: r.Servers(), Simulated: r.Simulated()}
}

// engineConfig says which static linux program becomes the image of agents and
// keeper: this one, unless MAILDRILL_BINARY names another (a host that is not
// linux cross-compiles one). The guard is this one always.
func (p *process) engineConfig() (docker.Config, error) {
	self, err := os.Executable()
	if err != nil {
		return docker.Config{}, err
	}
	c := docker.Config{Binary: self, Guard: []string{self, "guard"}}
	if path := p.Env("MAILDRILL_BINARY"); path != "" {
		c.Binary, err = filepath.Abs(path)
	}
	return c, err
}
