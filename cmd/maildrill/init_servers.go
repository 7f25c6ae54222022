package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"maildrill/harness/inspect"
	"maildrill/harness/intake"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// fromServers are the flags of init that read somebody's own configuration.
type fromServers struct {
	postfix, dovecot []string
	domain           string
	compose          fromCompose
}

func (s *fromServers) flags(f *pflag.FlagSet) {
	s.compose.flags(f)
	f.StringArrayVar(&s.postfix, "postfix", nil, "configuration of a Postfix: [NODE=]FOLDER or FILE")
	f.StringArrayVar(&s.dovecot, "dovecot", nil, "configuration of a Dovecot: [NODE=]FOLDER or FILE")
	f.StringVar(&s.domain, "domain", "", "mail domain that the drill fills (default: the first that a server delivers)")
}

// translate makes a topology of the servers, or of the Compose project.
func (s fromServers) translate(name string) ([]intake.Server, intake.Result, error) {
	if s.compose.file == "" {
		return s.fromFiles(name)
	}
	if len(s.postfix)+len(s.dovecot) > 0 {
		return nil, intake.Result{}, usage(errors.New("--compose stands alone: --postfix and --dovecot are for servers without containers"))
	}
	r, err := s.compose.translate(name, s.domain)
	return nil, r, err
}

// fromFiles reads the servers' own files.
func (s fromServers) fromFiles(name string) ([]intake.Server, intake.Result, error) {
	servers, err := intake.Gather(sources(s.postfix), sources(s.dovecot))
	if err != nil {
		return nil, intake.Result{}, usage(err)
	}
	r, err := intake.Translate(name, s.domain, servers)
	if err != nil {
		return nil, r, usage(err)
	}
	return servers, r, nil
}

// subject is the topology of the servers, with their own files in the place of
// those that a drill would write.
func (s fromServers) subject() (inspect.Subject, error) {
	servers, r, err := s.translate("your servers")
	if err != nil {
		return inspect.Subject{}, err
	}
	made := subjectOf(planning.ResolveTopology(&r.Topology, string(topology.Production), 1))
	for i, server := range servers {
		n := &made.Topology.Nodes[i]
		made.Files[n.Name] = server.Files
		n.Volumes = append(n.Volumes, topology.Volume{Name: "disk", Path: "/"}) // a host keeps its files, wherever they are
	}
	return made, nil
}

func (f fromServers) asked() bool { return len(f.postfix)+len(f.dovecot) > 0 || f.compose.file != "" }

// sources reads "NAME=DIR" and "DIR".
func sources(flags []string) (all []intake.Source) {
	for _, f := range flags {
		s := intake.Source{Path: f}
		if name, path, named := strings.Cut(f, "="); named && !strings.Contains(name, "/") {
			s = intake.Source{Name: name, Path: path}
		}
		all = append(all, s)
	}
	return all
}

// initiateFrom writes a topology of the servers, and a starter scenario on it: both
// or none.
func (p *process) initiateFrom(name string, o *initOptions) error {
	r, err := p.takeIn(name, o)
	if err != nil {
		return err
	}
	if !p.json {
		writeChanges(p.Stdout, o.topology, r)
	}
	return p.startOn(name, *o)
}

// startOn writes the starter on a topology that was just written, which goes again if
// there is none.
func (p *process) startOn(name string, o initOptions) error {
	if err := p.start(name, o); err != nil {
		return errors.Join(err, os.Remove(o.topology))
	}
	return nil
}

// takeIn writes the topology that the servers come to, and names it as the one of
// the starter.
func (p *process) takeIn(name string, o *initOptions) (intake.Result, error) {
	_, r, err := o.servers.translate(name + "-mail")
	if err != nil {
		return r, err
	}
	o.topology = filepath.Join(filepath.Dir(o.out), name+"-mail.yaml")
	return r, p.writeTopology(r, o, o.servers.begins())
}

// writeTopology writes a topology that was made of something, if it is valid.
func (p *process) writeTopology(r intake.Result, o *initOptions, begins string) error {
	if exists(o.topology) && !o.force {
		return &exitError{code: exitUsage, err: fmt.Errorf("%s is there already", o.topology), hint: "write over it with --force"}
	}
	beside(r.Topology, filepath.Dir(o.topology))
	text, err := scenarios.MarshalTopology(&r.Topology)
	if err != nil {
		return failure(err)
	}
	text = append([]byte(head(begins, r)), text...)
	if _, problems := scenarios.Parse(o.topology, text); len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return &exitError{code: exitInvalid, err: fmt.Errorf("these configurations make no valid topology; nothing was written"),
			hint: "a file that the message points to can be mended, or written by hand"}
	}
	if err := os.WriteFile(o.topology, text, 0o600); err != nil {
		return &exitError{code: exitEnvironment, err: err}
	}
	return nil
}

// begins is the first line of the file.
func (f fromServers) begins() string {
	from := "the configuration of servers"
	if f.compose.file != "" {
		from = filepath.Base(f.compose.file)
	}
	return fmt.Sprintf("# Made from %s. What is not as it is there:\n#\n", from)
}

// head is the comment on top of the topology: what is not as on the hosts.
func head(begins string, r intake.Result) string {
	var b strings.Builder
	b.WriteString(begins)
	for _, line := range departures(r) {
		fmt.Fprintf(&b, "# - %s\n", line)
	}
	b.WriteString("#\n# Networks of a drill lead nowhere: real names are answered by its own name server alone.\n")
	return b.String()
}

// departures are the lines of a list: what means the same stands together.
func departures(r intake.Result) (lines []string) {
	means := func(c intake.Change) string { return c.Node + "\n" + c.Means }
	for i, c := range r.Changes {
		if slices.ContainsFunc(r.Changes[:i], func(o intake.Change) bool { return means(o) == means(c) }) {
			continue
		}
		var what []string
		for _, o := range r.Changes[i:] {
			if means(o) == means(c) {
				what = append(what, change(o))
			}
		}
		lines = append(lines, strings.Join(strings.Fields(c.Node+": "+strings.Join(what, "; ")+": "+c.Means), " "))
	}
	return lines
}

func change(c intake.Change) string {
	text := c.What
	if c.Was != "" {
		text += " = " + c.Was
	}
	if c.Now != "" {
		text += " -> " + c.Now
	}
	return text
}

// writeChanges tells what is not as on the hosts.
func writeChanges(w io.Writer, file string, r intake.Result) {
	var names []string
	for _, n := range r.Topology.Nodes {
		names = append(names, fmt.Sprintf("%s (%s)", n.Name, n.Server))
	}
	fmt.Fprintf(w, "%s: %s, mail domain %s\n", file, strings.Join(names, ", "), r.Topology.Domain)
	for _, m := range r.Mistakes {
		fmt.Fprintf(w, "could not be read: %v\n", m)
	}
	if len(r.Changes) > 0 {
		fmt.Fprintf(w, "\nNot as on your servers, and what it means:\n")
	}
	for _, line := range departures(r) {
		fmt.Fprintf(w, "  - %s\n", line)
	}
	fmt.Fprintln(w)
}
