package servers

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/topology"
)

// File is one file of a container.
type File struct {
	Content []byte
	Mode    int64 // permission bits; 0: 0644
}

// Container is what a node's container is made of.
type Container struct {
	ImageKind string // of package images; "" for a server of the user's own
	Image     string // overrides ImageKind if not empty
	Command   []string
	Env       []string          // NAME=value, sorted
	Files     map[string]File   // by absolute path, written before the start
	Tmpfs     map[string]string // mount options by path
	Health    topology.Health
	OpenFiles int64              // limit of its processes (RLIMIT_NOFILE); 0: the engine's
	Own       topology.Container // what its owner wants otherwise than the image says
	Stats     bool               // HAProxy answers [ShowStat] on [StatsPort]
	// Timers are those that its configuration sets, by name, apart from those
	// that the clock sets on every Postfix.
	Timers map[string]string
}

// Render makes the container of a mail server. addrs are the addresses of all
// nodes. Errors name what the topology asks of the server in vain.
func Render(t topology.Topology, n topology.Node, addrs topology.Addresses) (Container, error) {
	c := Container{Image: n.Image, Env: env(n), Files: map[string]File{}, Tmpfs: map[string]string{}, Health: n.Health}
	var err error
	switch n.Server {
	case "postfix":
		c.ImageKind, c.Command = n.Server, []string{"postfix", "start-fg"}
		err = errors.Join(addPostfix(&c, t, n), addExporters(&c, t, n))
	case "dovecot":
		c.ImageKind, c.Command = n.Server, shell(dovecotPrelude+"exec dovecot -F")
		err = errors.Join(addDovecot(&c, t, n), addExporters(&c, t, n))
	case "postfix+dovecot":
		c.ImageKind, c.Command = n.Server, shell(dovecotPrelude+"{ dovecot -F & } && exec postfix start-fg")
		err = errors.Join(addPostfix(&c, t, n), addDovecot(&c, t, n), addExporters(&c, t, n))
	case "cyrus":
		c.ImageKind, c.Command = n.Server, []string{"sh", cyrusStart}
		err = addCyrus(&c, t, n)
	case "haproxy":
		c.ImageKind, c.Command = n.Server, []string{"haproxy", "-W", "-db", "-f", haproxyFile}
		err = addHAProxy(&c, t, n, addrs)
	case "directory":
		c.ImageKind, c.Command, c.OpenFiles = n.Server, shell(directoryCommand(n)), directoryFiles
		err = addDirectory(&c, t)
	case "filter":
		c.ImageKind, c.Command = n.Server, filterCommand(n)
	case "exim":
		c.ImageKind, c.Command = n.Server, eximCommand(t.Clock)
		err = addExim(&c, t, n)
	case "opensmtpd":
		c.ImageKind, c.Command = n.Server, smtpdCommand
		err = addOpenSMTPD(&c, t, n)
	case "chasquid":
		c.ImageKind, c.Command = n.Server, []string{"chasquid", "-config_dir=" + chasquidDir}
		err = addChasquid(&c, t, n)
	case "rspamd":
		c.ImageKind, c.Command = n.Server, []string{"rspamd", "-f", "-c", rspamdFile, "-u", "_rspamd", "-g", "_rspamd"}
		err = addRspamd(&c, n)
	case "monitor":
		c.ImageKind, c.Command = n.Server, []string{"bash", monitorFile}
		err = addMonitor(&c, t, n)
	case "backup":
		c.ImageKind, c.Command = n.Server, backupCommand(n)
	case "custom":
		err = c.custom(n)
	default:
		err = fmt.Errorf("unknown server %q", n.Server)
	}
	if err == nil && n.Server != "custom" {
		err = errors.Join(addAuthority(&c), c.releaseOf(n))
	}
	if err != nil {
		return Container{}, err
	}
	own(&c, n)
	c.Timers = timersOf(n, c.Files, t.Clock)
	return c, nil
}

// custom makes a node of somebody's own image.
func (c *Container) custom(n topology.Node) error {
	c.Own = n.Container
	if len(n.Certificates) > 0 {
		pair, err := certificate(n.Host, firstValid)
		if err != nil {
			return err
		}
		for _, file := range n.Certificates {
			c.Files[file] = File{Content: pair, Mode: 0o600}
		}
	}
	for _, t := range n.Container.Tmpfs {
		path, options, _ := strings.Cut(t, ":")
		c.Tmpfs[path] = options
	}
	switch {
	case n.Build != nil:
		c.Image = Built(*n.Build)
	case n.Image == "" && n.Attached == "":
		return fmt.Errorf("server custom needs an image, or how one is built")
	}
	return nil
}

// Built is what the image that is made of a folder is called: the same recipe always
// has the same name.
func Built(b topology.Build) string {
	recipe, _ := json.Marshal(b)
	return fmt.Sprintf("maildrill/own:%x", sha256.Sum256(recipe))[:len("maildrill/own:")+12]
}

// releaseOf names the image of another release of Debian than the usual one.
func (c *Container) releaseOf(n topology.Node) error {
	switch {
	case n.Release == "" || n.Release == "bookworm":
		return nil
	case !runs(n, "postfix") && !runs(n, "dovecot"):
		return fmt.Errorf("release %s: only Postfix and Dovecot are there of several releases", n.Release)
	}
	c.ImageKind += ":" + n.Release
	return nil
}

// own puts what the node brings itself over what was rendered.
func own(c *Container, n topology.Node) {
	if len(n.Command) > 0 {
		c.Command = n.Command
	}
	for path, content := range n.Files {
		c.Files[path] = File{Content: []byte(content), Mode: c.Files[path].Mode}
	}
}

func env(n topology.Node) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(n.Env)) {
		list = append(list, name+"="+n.Env[name])
	}
	return list
}

func shell(script string) []string { return []string{"sh", "-c", script} }

// port is where the node offers a service.
func port(n topology.Node, s topology.Service) int {
	if p, ok := n.Services[s]; ok {
		return p
	}
	return topology.DefaultPort[s]
}

func offers(n topology.Node, s topology.Service) bool {
	_, ok := n.Services[s]
	return ok
}

// runs tells whether the node's server includes the software.
func runs(n topology.Node, software string) bool {
	return slices.Contains(strings.Split(n.Server, "+"), software)
}
