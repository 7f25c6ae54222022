package compose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"maildrill/harness/intake"
	"maildrill/scenarios"
)

// service is one service on its way into a topology.
type service struct {
	project *project
	config  types.ServiceConfig
	kind    kind
	node    scenarios.Node
	changes []intake.Change
}

// changed keeps that something is not as in the file.
func (s *service) changed(what, now, means string) {
	s.changes = append(s.changes, intake.Change{Node: s.node.Name, What: what, Now: now, Means: means})
}

func (s *service) container() *scenarios.Container {
	if s.node.Container == nil {
		s.node.Container = &scenarios.Container{}
	}
	return s.node.Container
}

// unfit says why a service cannot be in a drill; "" if it can.
func unfit(s types.ServiceConfig) string {
	switch {
	case slices.ContainsFunc(s.Volumes, engineSocket) || s.UseAPISocket:
		return "it commands the container engine, and would act on what is not the drill's. If it is a watchdog, what it does after a fault is not seen"
	case s.NetworkMode == "host":
		return "it works in the network of the host"
	case s.Pid == "host" || s.Ipc == "host" || s.Uts == "host":
		return "it works in the host itself"
	case len(s.Devices) > 0:
		return "it needs devices of the host"
	case s.Image == "" && s.Build == nil:
		return "it has no image"
	case s.GetScale() == 0:
		return "its scale is 0"
	}
	return ""
}

// translate makes the node of a service.
func (s *service) translate(o Options) {
	c := s.config
	s.node.Roles = rolesOf(c, s.kind, o.Roles[c.Name])
	s.node.Server, s.node.Site = "custom", c.Labels[labelSite]
	s.node.Files = map[string]string{}
	s.made()
	s.host()
	s.environment()
	s.mounts()
	s.services()
	s.queue()
	s.node.Accounts = cmp.Or(o.Accounts[c.Name], c.Labels[labelAccounts], s.kind.accounts)
	s.node.Supervised = slices.Contains([]string{"always", "unless-stopped", "on-failure"}, cutLast(c.Restart))
	s.leftOut()
}

// cutLast leaves a number of tries out: on-failure:5.
func cutLast(restart string) string {
	policy, _, _ := strings.Cut(restart, ":")
	return policy
}

// made carries the image, and how it is run.
func (s *service) made() {
	c := s.config
	s.node.Image = c.Image
	for _, word := range c.Command {
		s.node.Command = append(s.node.Command, s.project.secrets.hide(word))
	}
	if b := c.Build; b != nil {
		s.node.Build = &scenarios.Build{Context: b.Context, Dockerfile: b.Dockerfile, Target: b.Target, Args: s.project.secrets.variables(b.Args)}
		s.node.Image = ""
		if b.DockerfileInline != "" || len(b.AdditionalContexts) > 0 || len(b.Secrets) > 0 {
			s.changed("build", "the context, the Dockerfile, the target and the arguments alone", "what else it is built from is left out")
		}
	}
	if len(c.Entrypoint) > 0 {
		s.container().Entrypoint = c.Entrypoint
	}
	for _, add := range c.CapAdd {
		if scenarios.Powerful(strings.TrimPrefix(add, "CAP_")) {
			s.changed("cap_add "+add, "", "it would let the container out of the drill")
			continue
		}
		s.container().CapAdd = append(s.container().CapAdd, strings.TrimPrefix(add, "CAP_"))
	}
	for _, drop := range c.CapDrop {
		s.container().CapDrop = append(s.container().CapDrop, strings.TrimPrefix(drop, "CAP_"))
	}
	if c.User != "" || c.WorkingDir != "" || c.StopSignal != "" || c.Init != nil && *c.Init {
		own := s.container()
		own.User, own.WorkingDir, own.StopSignal, own.Init = c.User, c.WorkingDir, c.StopSignal, c.Init != nil && *c.Init
	}
	if c.Privileged {
		s.changed("privileged", "", "a node of a drill never is")
	}
}

// hostVariables are what images take the name of the mail host from.
var hostVariables = []string{"HOSTNAMES", "MAILCOW_HOSTNAME", "MAIL_HOSTNAME", "OVERRIDE_HOSTNAME"}

// host is the DNS name of the node, if the file has a whole one.
func (s *service) host() {
	for _, key := range hostVariables {
		value := s.config.Environment[key]
		if value != nil && s.takesMail() && strings.Contains(*value, ".") {
			s.node.Host, _, _ = strings.Cut(strings.ToLower(*value), ",")
		}
	}
	name := strings.ToLower(s.config.Hostname)
	if s.config.DomainName != "" && !strings.Contains(name, ".") {
		name += "." + strings.ToLower(s.config.DomainName)
	}
	if strings.Contains(strings.Trim(name, "."), ".") {
		s.node.Host = strings.Trim(name, ".")
	}
}

// takesMail tells whether senders of the world reach this service: a proxy, or where
// there is none what takes mail.
func (s *service) takesMail() bool {
	front := slices.ContainsFunc(s.project.ServiceNames(), func(name string) bool {
		c := s.project.Services[name]
		return slices.Contains(rolesOf(c, kindOf(c), nil), "balancer")
	})
	return slices.Contains(s.node.Roles, "balancer") || !front && slices.Contains(s.node.Roles, "mx")
}

// environment carries the variables, secrets replaced.
func (s *service) environment() {
	s.node.Env = s.project.secrets.variables(s.config.Environment)
	for key, value := range s.node.Env {
		if value != *s.config.Environment[key] {
			s.project.hidden[key] = true
		}
	}
}

// leftOut tells what is in the file and does nothing in a drill.
func (s *service) leftOut() {
	c := s.config
	for _, p := range c.Ports {
		if p.Published != "" {
			s.changed("ports", "not published", "it is reached from the drill's own network alone")
			break
		}
	}
	for what, is := range map[string]bool{"mem_limit, cpus": c.MemLimit > 0 || c.CPUS > 0, "read_only": c.ReadOnly, "sysctls": len(c.Sysctls) > 0,
		"ulimits": len(c.Ulimits) > 0, "security_opt": len(c.SecurityOpt) > 0, "volumes_from": len(c.VolumesFrom) > 0} {
		if is {
			s.changed(what, "", "it is not taken over")
		}
	}
	if n := c.GetScale(); n > 1 {
		s.changed(fmt.Sprintf("scale %d", n), "1", "one container stands for all: what happens when one of several is gone is not seen")
	}
	slices.SortStableFunc(s.changes, func(a, b intake.Change) int { return cmp.Compare(a.What, b.What) })
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// label is what a node, or a volume, may be called.
func label(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-")
}
