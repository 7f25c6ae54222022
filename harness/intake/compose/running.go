package compose

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"maildrill/harness/intake"
	"maildrill/scenarios"
)

// Running is a container of a project that runs, as its engine tells it.
type Running struct {
	Service   string // of the project
	Container string // its name
	Image     string
	Hostname  string // with its domain, if it has one
	Env       []string
	Labels    map[string]string
	Ports     []int // that it exposes
	Mounts    []Mount
	Networks  []string
	Aliases   []string
	Restart   string // policy
	Host      bool   // it works in the network of its host
	// Files are its servers' configuration, by absolute path.
	Files map[string][]byte
}

// Mount is one of a running container.
type Mount struct {
	Volume string // of the engine; "": a folder of the host
	Source string
	Target string
	Tmpfs  bool
}

// TranslateRunning makes a topology of containers that run, for who inspects it. What
// it says of their configuration is in [Running.Files], by the nodes' names.
func TranslateRunning(name string, all []Running, o Options) (intake.Result, map[string]map[string][]byte, error) {
	read := &types.Project{Name: name, Services: types.Services{}, Volumes: types.Volumes{}}
	files := map[string]map[string][]byte{}
	for _, r := range all {
		service := r.config()
		if _, twice := read.Services[r.Service]; twice {
			continue // scaled: one stands for all
		}
		read.Services[r.Service] = service
		files[label(r.Service)] = r.Files
	}
	p := newProject(read, "project "+name, o)
	if err := p.told(o); err != nil {
		return intake.Result{}, nil, err
	}
	p.take(o)
	if err := p.complete(o); err != nil {
		return intake.Result{}, nil, err
	}
	return p.result, files, nil
}

// Attach makes a topology of containers that run, for drills on these themselves.
func Attach(name string, all []Running, o Options) (intake.Result, error) {
	r, _, err := TranslateRunning(name, all, o)
	if err != nil {
		return r, err
	}
	byNode := map[string]Running{}
	for _, c := range all {
		byNode[label(c.Service)] = c
	}
	for i, n := range r.Topology.Nodes {
		c := byNode[n.Name]
		r.Topology.Nodes[i] = scenarios.Node{Name: n.Name, Roles: n.Roles, Site: n.Site, Host: n.Host, Server: n.Server, Image: n.Image,
			Attached: c.Container, Services: n.Services, Mail: n.Mail, Queue: n.Queue, QueuePath: n.QueuePath, StorePath: n.StorePath,
			Accounts: n.Accounts, RemoveAccounts: c.Labels[labelRemove], Health: n.Health, Supervised: n.Supervised}
	}
	// They are what they are: only what the drill cannot see is left to say.
	r.Changes = []intake.Change{
		{Node: "DNS", What: "the stack's resolver", Now: "not touched", Means: "faults of DNS are not met by it, and notices of mail that bounces find no way to the drill: copies that bounce are not accounted for"},
		{Node: "mail", What: "what the drill sends", Now: "is in the stack's own mailboxes", Means: "it stays there, unless the script of remove_accounts takes it away"},
	}
	return r, nil
}

// config is the service as a file would have it.
func (r Running) config() types.ServiceConfig {
	s := types.ServiceConfig{Name: r.Service, Restart: r.Restart}
	s.Image, s.Hostname, s.Labels = r.Image, r.Hostname, r.Labels
	s.Environment = types.NewMappingWithEquals(r.Env)
	for _, p := range r.Ports {
		s.Expose = append(s.Expose, fmt.Sprint(p))
	}
	s.Networks = map[string]*types.ServiceNetworkConfig{}
	for _, n := range r.Networks {
		s.Networks[n] = &types.ServiceNetworkConfig{Aliases: r.Aliases}
	}
	if r.Host {
		s.NetworkMode = "host"
	}
	for _, m := range r.Mounts {
		v := types.ServiceVolumeConfig{Type: types.VolumeTypeVolume, Source: m.Volume, Target: m.Target}
		switch {
		case m.Tmpfs:
			v.Type = types.VolumeTypeTmpfs
		case m.Volume == "": // what is in it is not read: the container's own files are
			v.Source = strings.Trim(m.Source, "/")
			if engineSocket(types.ServiceVolumeConfig{Source: m.Source}) {
				v.Source = m.Source
			}
		}
		s.Volumes = append(s.Volumes, v)
	}
	return s
}
