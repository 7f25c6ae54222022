package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/docker/docker/client"
	"golang.org/x/sync/errgroup"

	"maildrill/harness/agent/hog"
	"maildrill/harness/agent/intercept"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/agent/mux"
	"maildrill/harness/agent/nameserver"
	"maildrill/harness/agent/outside"
	"maildrill/harness/topology"
)

// Env is the environment variable that carries an agent's configuration.
const Env = "MAILDRILL_AGENT"

// Socket is where the engine's socket is bound into the keeper.
const Socket = "/var/run/docker.sock"

// Roles of an agent, the first argument of [Main].
const (
	Hold    = "hold"
	DNS     = "dns"
	Outside = "outside"
	Keeper  = "keeper"
	Proxy   = intercept.Role
	Hog     = hog.Role
	// Lead, with two nodes, has the name server of the same container lead the names
	// of the first to the second, and prints them.
	Lead = "lead"
)

// Names is the configuration of the role dns.
type Names struct {
	Zones     []topology.Zone    `json:"zones"`
	Addresses topology.Addresses `json:"addresses"`
}

// Main runs the role named by the first argument until it is told to end
// (SIGTERM), or its session is over. It is the first process of its container.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 3 && args[0] == Lead {
		return lead(ctx, args[1], args[2], stdout)
	}
	if len(args) != 1 {
		return errors.New("agent: needs one role: hold, dns, outside, keeper, proxy or hog")
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := slog.New(slog.NewTextHandler(stderr, nil))
	switch args[0] {
	case Hold:
		<-ctx.Done()
		return nil
	case DNS:
		return answerNames(ctx)
	case Outside:
		return withSession(stdin, stdout, func(s *mux.Session) error { return outside.Serve(ctx, s) })
	case Proxy:
		return withSession(stdin, stdout, func(s *mux.Session) error { return intercept.Serve(ctx, s) })
	case Hog:
		return hog.Serve(stdin)
	case Keeper:
		return withSession(stdin, stdout, func(s *mux.Session) error { return keep(ctx, s, log) })
	}
	return fmt.Errorf("agent: unknown role %q", args[0])
}

// withSession speaks over standard input and output. That the other side ends
// the session is the orderly end of an agent.
func withSession(stdin io.Reader, stdout io.Writer, serve func(*mux.Session) error) error {
	session, err := mux.Accept(mux.Pipes(stdin, stdout))
	if err != nil {
		return err
	}
	if err := serve(session); !errors.Is(err, mux.ErrClosed) {
		return err
	}
	return nil
}

func answerNames(ctx context.Context) error {
	var n Names
	if err := configure(&n); err != nil {
		return err
	}
	s, err := nameserver.New(n.Zones, n.Addresses)
	if err != nil {
		return err
	}
	if err := s.Recall(nameserver.LedFile); err != nil {
		return err
	}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return s.ServeControl(ctx, nameserver.Socket) })
	both.Go(func() error { return s.ListenAndServe(ctx, ":53", nil) })
	return both.Wait()
}

func lead(ctx context.Context, from, to string, stdout io.Writer) error {
	names, err := nameserver.Control{Path: nameserver.Socket}.Lead(ctx, from, to)
	if err == nil {
		_, err = fmt.Fprintln(stdout, strings.Join(names, "\n"))
	}
	return err
}

func keep(ctx context.Context, s *mux.Session, log *slog.Logger) error {
	var c keeper.Config
	if err := configure(&c); err != nil {
		return err
	}
	engine, err := client.NewClientWithOpts(client.WithHost("unix://"+Socket), client.WithAPIVersionNegotiation())
	if err != nil {
		return fmt.Errorf("reach the engine: %w", err)
	}
	defer engine.Close()
	return keeper.New(c, engine, keeper.Host{Table: keeper.Table(c.Run)}, log).Run(ctx, s)
}

func configure(into any) error {
	if err := json.Unmarshal([]byte(os.Getenv(Env)), into); err != nil {
		return fmt.Errorf("read the configuration in %s: %w", Env, err)
	}
	return nil
}
