package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"maildrill/harness/console"
	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
)

// serveOptions are the flags of `maildrill serve`.
type serveOptions struct {
	gamedayOptions
	listen, runtime, programme string
	tokens                     string
	cert, key                  string
	hosts                      []string
	proxyHeader                string
	proxies, proxyRoles        []string
	beyond                     bool
}

func (p *process) serveCommand() *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use: "serve", Short: "Show an exercise in a browser: live view, card, injects, stop button, wall screen", Args: cobra.NoArgs,
		Long: `Show an exercise in a browser: the live view with the clock since the fault, the lanes
of the services and the stop button, the go/no-go card, notes and the runbook; the
history, the programme and the reports; /wall for the screen in the room.

It listens on loopback unless --beyond is said, which takes --cert and --tls-key or a
reverse proxy. Who may what follows from a token: a file of lines "ROLE NAME SHA256",
which "maildrill serve token ROLE NAME" makes; ROLE is observer, scribe, operator or
approver. Without a file one token of each role is made and printed once, on standard
error. Tokens are typed into the log-in page and are never in an address.`,
		Example: `  maildrill serve
  maildrill serve --exercise site-loss-day --tokens tokens.txt
  maildrill serve --listen :8443 --beyond --cert cert.pem --tls-key key.pem --host drills.example.org`,
		RunE: func(c *cobra.Command, _ []string) error { return p.serve(c.Context(), o) },
	}
	o.flags(c)
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8424", "address and port")
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded: what the card looks at")
	f.StringVar(&o.programme, "programme", "", "programme that is shown (default "+ownProgramme+" if there is one)")
	f.StringVar(&o.tokens, "tokens", "", "file of tokens (default: one of each role is made and printed)")
	f.StringVar(&o.cert, "cert", "", "certificate, PEM")
	f.StringVar(&o.key, "tls-key", "", "its key, PEM")
	f.StringArrayVar(&o.hosts, "host", nil, "name under which the console may be asked for")
	f.StringVar(&o.proxyHeader, "proxy-header", "", "header in which a reverse proxy names the person")
	f.StringArrayVar(&o.proxies, "proxy", nil, "address of the reverse proxy, or a prefix; the header counts from there only")
	f.StringArrayVar(&o.proxyRoles, "proxy-role", nil, "NAME=ROLE of a person whom the proxy names; *=observer for all others")
	f.BoolVar(&o.beyond, "beyond", false, "listen beyond loopback")
	c.AddCommand(p.serveToken())
	return c
}

func (p *process) serveToken() *cobra.Command {
	return &cobra.Command{
		Use: "token ROLE NAME", Short: "Make a token: the line for the file on standard output, the token itself on standard error", Args: cobra.ExactArgs(2),
		Example: "  maildrill serve token operator Ann >> tokens.txt",
		RunE: func(_ *cobra.Command, args []string) error {
			token := console.NewToken()
			line := fmt.Sprintf("%s %s %s", args[0], args[1], console.Digest(token))
			if _, err := readTokens(line); err != nil {
				return usage(err)
			}
			fmt.Fprintln(p.Stdout, line)
			fmt.Fprintf(p.Stderr, "token of %s, shown once: %s\n", args[1], token)
			return nil
		},
	}
}

func (p *process) serve(ctx context.Context, o serveOptions) error {
	config, err := p.consoleConfig(o)
	if err != nil {
		return err
	}
	c, err := console.New(config)
	if err != nil {
		return usage(err)
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return &exitError{code: exitEnvironment, err: err, hint: "--listen names another port"}
	}
	scheme := "http"
	if config.TLS != nil {
		scheme = "https"
	}
	fmt.Fprintf(p.Stderr, "the console is at %s://%s; Ctrl-C ends it, and leaves the exercise as it is\n", scheme, l.Addr())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	go (&session{p: p}).signals(done, stop, func() {})
	return failure(c.Serve(ctx, l))
}

func (p *process) consoleConfig(o serveOptions) (config console.Config, err error) {
	config = console.Config{Hosts: o.hosts, Allow: o.beyond, Log: slog.New(slog.NewTextHandler(p.Stderr, nil)),
		Shelf: shelf{p: p, out: o.out, programme: o.programme}}
	if log, _, err := p.opened(o.gamedayOptions); err == nil {
		config.Board = p.board(log, o)
	} else if o.name != "" {
		return config, err
	}
	if config.Tokens, err = p.tokens(o.tokens); err != nil {
		return config, err
	}
	if o.cert != "" || o.key != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return config, usage(err)
		}
		config.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	config.Proxy, err = proxyOf(o)
	return config, err
}

// board is the exercise as the console sees it.
func (p *process) board(log *gameday.Log, o serveOptions) gameday.Board {
	now := func() (exercise.Record, error) {
		r, _, err := log.Read()
		return r, err
	}
	return gameday.Board{Log: log, Send: p.sender(log),
		Go: func(ctx context.Context) error {
			r, err := now()
			if err != nil {
				return err
			}
			return p.fillCard(ctx, log, r, o.runtime, o.out)
		},
		Digest: func() (string, error) {
			r, err := now()
			if err != nil {
				return "", err
			}
			return p.topologyOf(log, r, o.runtime)
		},
		Start: func(who exercise.Actor) error { return p.startLeader(log.Folder(), who, o.runtime) },
	}
}

// startLeader starts a process of its own that leads, so that the end of the
// console is not the end of play. What it prints is kept beside the log.
func (p *process) startLeader(folder gameday.Folder, who exercise.Actor, runtime string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(filepath.Join(string(folder), "leader.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	c := exec.Command(self, "gameday", "start", "--exercise", string(folder), "--out", filepath.Dir(string(folder)), "--by", who.Name, "--as", who.Role, "--runtime", runtime)
	c.Stdout, c.Stderr = out, out
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C at the console is not for it
	if err := c.Start(); err != nil {
		return err
	}
	go func() { _ = c.Wait() }()
	return nil
}

// tokens reads the file of tokens, or makes one of each role.
func (p *process) tokens(file string) ([]console.Token, error) {
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, usage(err)
		}
		all, err := readTokens(string(text))
		return all, usageIf(err)
	}
	var all []console.Token
	for _, role := range console.Roles() {
		token := console.NewToken()
		fmt.Fprintf(p.Stderr, "token, %-8s %s\n", role, token)
		all = append(all, console.Token{Role: role, SHA256: console.Digest(token)})
	}
	return all, nil
}

func usageIf(err error) error {
	if err == nil {
		return nil
	}
	return usage(err)
}

// readTokens reads lines "ROLE NAME SHA256".
func readTokens(text string) (all []console.Token, err error) {
	for n, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 || len(fields[2]) != 64 {
			return nil, fmt.Errorf("line %d of the tokens: write it as ROLE NAME SHA256, as \"maildrill serve token\" prints it", n+1)
		}
		role, err := roleOf(fields[0])
		if err != nil {
			return nil, fmt.Errorf("line %d of the tokens: %w", n+1, err)
		}
		all = append(all, console.Token{Role: role, Name: fields[1], SHA256: fields[2]})
	}
	if len(all) == 0 {
		return nil, errors.New("there are no tokens in it: \"maildrill serve token operator NAME\" makes one")
	}
	return all, nil
}

func roleOf(name string) (console.Role, error) {
	var valid []string
	for _, r := range console.Roles() {
		if string(r) == name {
			return r, nil
		}
		valid = append(valid, string(r))
	}
	return "", fmt.Errorf("%q is no role of the console; valid: %s", name, strings.Join(valid, ", "))
}

// proxyOf is the reverse proxy that knows the people; nil: there is none.
func proxyOf(o serveOptions) (*console.Proxy, error) {
	if o.proxyHeader == "" {
		return nil, nil
	}
	proxy := &console.Proxy{Header: o.proxyHeader, Roles: map[string]console.Role{}}
	for _, text := range o.proxies {
		prefix, err := netip.ParsePrefix(text)
		if address, failed := netip.ParseAddr(text); failed == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, usage(fmt.Errorf("--proxy %s: an address such as 10.0.0.7, or a prefix such as 10.0.0.0/24", text))
		}
		proxy.Trusted = append(proxy.Trusted, prefix)
	}
	for _, text := range o.proxyRoles {
		name, role, _ := strings.Cut(text, "=")
		r, err := roleOf(role)
		if err != nil {
			return nil, usage(fmt.Errorf("--proxy-role %s: %w", text, err))
		}
		proxy.Roles[name] = r
	}
	return proxy, nil
}
