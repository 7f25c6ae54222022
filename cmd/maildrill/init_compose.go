package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"maildrill/harness/docker"
	"maildrill/harness/inspect"
	"maildrill/harness/intake"
	"maildrill/harness/intake/compose"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// fromCompose are the flags that read a Compose project.
type fromCompose struct {
	file                      string
	profiles, roles, accounts []string
	clone                     bool
}

func (c *fromCompose) flags(f *pflag.FlagSet) {
	f.StringVar(&c.file, "compose", "", "a Compose project: the path of its file")
	f.StringArrayVar(&c.profiles, "profile", nil, "profile of the Compose project that is active")
	f.StringArrayVar(&c.roles, "role", nil, "what a service does: SERVICE=mx,submission,store,balancer,other")
	f.BoolVar(&c.clone, "clone-volumes", false, "volumes of the Compose project begin with a copy of their content")
	f.StringArrayVar(&c.accounts, "accounts", nil, "script of sh that makes the drill's accounts, which reads lines of an address and a password: SERVICE=FILE")
}

// options reads the flags.
func (c fromCompose) options(name, domain string) (compose.Options, error) {
	o := compose.Options{Name: name, Profiles: c.profiles, Domain: domain, CloneVolumes: c.clone, Roles: map[string][]string{}, Accounts: map[string]string{}}
	for _, r := range c.roles {
		service, roles, ok := strings.Cut(r, "=")
		if !ok {
			return o, usage(fmt.Errorf("--role %s: it is written SERVICE=ROLE", r))
		}
		o.Roles[service] = strings.Split(roles, ",")
	}
	for _, a := range c.accounts {
		service, file, ok := strings.Cut(a, "=")
		if !ok {
			return o, usage(fmt.Errorf("--accounts %s: it is written SERVICE=FILE", a))
		}
		script, err := os.ReadFile(file)
		if err != nil {
			return o, usage(err)
		}
		o.Accounts[service] = string(script)
	}
	return o, nil
}

// translate makes a topology of the project.
func (c fromCompose) translate(name, domain string) (intake.Result, error) {
	o, err := c.options(name, domain)
	if err != nil {
		return intake.Result{}, err
	}
	r, err := compose.Translate(context.Background(), c.file, o)
	if err != nil {
		return r, usage(err)
	}
	return r, nil
}

// running is a project as it runs, with the configurations of its containers in the
// place of those that a drill would write.
func (f fromServers) running(ctx context.Context, project string) (inspect.Subject, error) {
	o, err := f.compose.options(project, f.domain)
	if err != nil {
		return inspect.Subject{}, err
	}
	all, err := discovered(ctx, project)
	if err != nil {
		return inspect.Subject{}, err
	}
	r, files, err := compose.TranslateRunning(project, all, o)
	if err != nil {
		return inspect.Subject{}, usage(err)
	}
	s := subjectOf(planning.ResolveTopology(&r.Topology, string(topology.Production), 1))
	for node, own := range files {
		if len(own) > 0 {
			s.Files[node] = own
			delete(s.Unknown, node)
		}
	}
	return s, nil
}

// discovered are the containers of a project.
func discovered(ctx context.Context, project string) ([]compose.Running, error) {
	all, err := docker.Discover(ctx, project)
	if err != nil {
		return nil, failure(err)
	}
	if len(all) == 0 {
		names, err := docker.Projects(ctx)
		return nil, usage(errors.Join(misnamed(fmt.Sprintf("the engine has no Compose project %q", project), project, names), err))
	}
	return all, nil
}

// beside names the folders of builds as a topology in that folder does.
func beside(t scenarios.Topology, folder string) {
	for _, n := range t.Nodes {
		if n.Build == nil {
			continue
		}
		abs, err := filepath.Abs(folder)
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(abs, n.Build.Context); err == nil {
			n.Build.Context = filepath.ToSlash(rel)
		}
	}
}

// composed makes the topology of a scenario that names a Compose project.
func composed(file string, use scenarios.ComposeUse) ([]byte, error) {
	r, err := compose.Translate(context.Background(), file, compose.Options{
		Name: "compose-project", Profiles: use.Profiles, Domain: use.Domain, Roles: use.Roles, Accounts: use.Accounts, CloneVolumes: use.Clone})
	if err != nil {
		return nil, err
	}
	return scenarios.MarshalTopology(&r.Topology)
}

func init() { scenarios.FromCompose = composed }
