package topology

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// Runtime brings topologies up.
type Runtime interface {
	// Name is "docker" or "embedded", as recorded.
	Name() string
	// Simulated is true where no real mail server runs. Every verdict that
	// comes from it says so.
	Simulated() bool
	// Start brings the topology up and returns when every node is ready by
	// real dialogue. On error nothing is left running.
	Start(ctx context.Context, t Topology, o Options) (System, error)
}

// Options are what a run adds to its topology.
type Options struct {
	// RunID labels everything that is made, so that nothing else is touched.
	RunID string
	// Lease is how long faults may outlive maildrill itself, at most.
	Lease time.Duration
	// LogDir receives <node>.log, as each server wrote it.
	LogDir string
	// Faulted names the nodes that network faults and silent crashes may be
	// put on; nil means all.
	Faulted []string
	// Needs are the abilities (package faults) that the drill's faults are made
	// with. A runtime whose host lacks one starts nothing, with an error that
	// wraps [ErrUnavailable].
	Needs []string
	// Images are those that nodes are going to be made of while the drill runs:
	// kinds of servers, or names that the engine knows. They are there when Start
	// returns.
	Images []string
	// Progress is told of long work in plain words; nil is allowed.
	Progress func(string)
}

// System is a topology that runs.
type System interface {
	// Instance finds a running node by name.
	Instance(name string) (Instance, bool)
	// Dial connects from the outside node to a service of a node. The node
	// may be a node's name, its DNS name or a literal address of the drill.
	// Errors wrap [ErrRefused], [ErrTimeout] or [ErrUnreachable].
	Dial(ctx context.Context, node string, service Service) (net.Conn, error)
	// Listen accepts connections that nodes make to a service of the outside
	// node: the bounce sink, and alert receivers.
	Listen(ctx context.Context, service Service) (net.Listener, error)
	// Close takes everything down and returns when it is gone. It is
	// idempotent; its error says what may be left.
	Close(ctx context.Context) error
}

// Addresser is a System that knows the addresses of its nodes.
type Addresser interface{ Addresses() Addresses }

// Undo is one inverse operation, as data, so that a keeper can hold it when
// the process that planned it is gone.
type Undo struct {
	Node string `json:"node"`
	// Verb is "start", "resume", "rejoin", "signal" or "take".
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
}

// Undoer is a System that holds inverses outside the process of maildrill.
type Undoer interface {
	// Hold returns when the keeper has acknowledged the steps.
	Hold(ctx context.Context, id string, steps []Undo) error
	// Release forgets the steps of id, after they were done and proven.
	Release(ctx context.Context, id string) error
}

// Reporter is a System that can describe what it is made of.
type Reporter interface {
	// Environment gives image digests, engine version and addresses, for the
	// record.
	Environment() map[string]string
	// Tuned gives the timers that the topology's clock has set, and those that
	// its nodes and zones configure (checks of a balancer, intervals of a monitor,
	// TTLs), by name, each with its value. A time of recovery or detection that
	// rests on one carries over only to a system with the same.
	Tuned() map[string]string
}

// Watcher is a System that notices damage to its own instruments, for
// instance a namespace holder that died. The channel delivers at most one
// error and is closed with the system.
type Watcher interface{ Broken() <-chan error }

// Meter is a System that knows what its containers use.
type Meter interface {
	// Usage gives what each container has used so far, by a name of its own.
	// One that is down is left out.
	Usage(ctx context.Context) (map[string]Usage, error)
}

// Usage is what one container has used.
type Usage struct {
	Agent  bool          // it belongs to the drill, not to the system under it
	CPU    time.Duration // since it was started
	Memory int64         // bytes, the page cache included
}

// Instance is a node that runs. What can be done to it is discovered by
// assertion on the ability interfaces of package faults and on those below.
type Instance interface{ Name() string }

// Execer runs a program inside the node.
type Execer interface {
	Exec(ctx context.Context, command []string) (Output, error)
}

// Output is what a program printed.
type Output struct {
	Code   int
	Stdout []byte
	Stderr []byte
}

// Searcher looks through the files of a node's volumes, dead or alive, for
// texts: what no mailbox shows may still be on the disk.
type Searcher interface {
	// Search gives, for each text that was found, the path of one file that
	// holds it. It reads every file of the node's volumes (its queue, its store)
	// and nothing else; the error says what could not be read.
	Search(ctx context.Context, texts []string) (map[string]string, error)
}

// Queuer reads the mail queue of a node, dead or alive.
type Queuer interface {
	Queue(ctx context.Context) ([]Queued, error)
}

// Flusher makes a node try its whole queue now (postqueue -f).
type Flusher interface {
	Flush(ctx context.Context) error
}

// Queued is one recipient of one message in a queue.
type Queued struct {
	ID, Queue, Sender, Recipient, Reason string
	Arrived                              time.Time
}

// HealthTeller is a node that may have health checks: the HEALTHCHECK of its
// image, or, of a balancer, checks of the nodes behind it.
type HealthTeller interface {
	// Health gives what the checks say now; a node that has none says nothing.
	// What could be learned comes beside the error too.
	Health(ctx context.Context) ([]Checked, error)
}

// Checked is what a health check says of a node.
type Checked struct {
	Node    string
	By      string // who checks: the node, or a balancer with the name of its proxy ("lb1/smtp")
	Healthy bool
	Detail  string // in the checker's words: "DOWN L4TOUT"
}

// Operated is a node that operators stop and start. What they do lasts: a fault
// that ends later starts nothing that they have stopped.
type Operated interface {
	// Halt ends the node in order (SIGTERM, after the grace SIGKILL). It stays down
	// until Launch. One that is down already is kept down.
	Halt(ctx context.Context, grace time.Duration) error
	// Launch starts the node; a running one is left alone.
	Launch(context.Context) error
}

// Scripter is a node in which scripts can be run.
type Scripter interface {
	// Script has sh run a script and copies what it prints, both streams, to out.
	// When the context ends, so do the script and what it has started, daemons
	// aside that have left its session.
	Script(ctx context.Context, script string, out io.Writer) (code int, err error)
}

// Change is what an upgrade changes of a node.
type Change struct {
	Image           string // a kind of server ("postfix:trixie") or an image of the engine; "": the same
	Settings, Files map[string]string
	Grace           time.Duration // for the server to end in order
}

// Upgrader is a node that can be made of something else, for good. Its volumes,
// its address and its name stay.
type Upgrader interface {
	// Upgrade returns when the new server was started, with what it is made of.
	Upgrade(ctx context.Context, c Change) (said string, err error)
}

// Renewer is a node with a certificate of the drill's own.
type Renewer interface {
	// Renew writes a new key and a new certificate, which ends after so long, over
	// those that the node has. It tells what was written where; no server is told.
	Renew(ctx context.Context, valid time.Duration) (said string, err error)
}

// Readier is a System that tells when a node is ready.
type Readier interface {
	// Ready returns when the node answers as its health demands, by real dialogue
	// from the outside node.
	Ready(ctx context.Context, node string) error
}

// Director is a System whose name server can lead names elsewhere.
type Director interface {
	// Lead has all names that lead to one node lead to another, for good; of names
	// that are the other's own and were led away before, only those. It gives the
	// names.
	Lead(ctx context.Context, from, to string) (names []string, err error)
}

// Logger gives what a server wrote so far.
type Logger interface {
	Logs(ctx context.Context) (io.ReadCloser, error)
}

// Dial errors, as a client sees them.
var (
	ErrRefused     = errors.New("connection refused")
	ErrTimeout     = errors.New("connection timed out")
	ErrUnreachable = errors.New("no route to host")
)

// ErrUnavailable is wrapped by a runtime that cannot be used at all: no
// engine, no image, no space. maildrill exits 6 on it.
var ErrUnavailable = errors.New("runtime unavailable")

// Unavailable is an [ErrUnavailable] that knows what helps.
type Unavailable struct {
	Err    error
	Remedy string // what to do, as an order to the user
}

func (u *Unavailable) Error() string   { return ErrUnavailable.Error() + ": " + u.Err.Error() }
func (u *Unavailable) Unwrap() []error { return []error{ErrUnavailable, u.Err} }
