package topology

import (
	"net/netip"
	"slices"
	"time"
)

// Role is what a node does in the mail flow.
type Role string

const (
	MX         Role = "mx"         // receives mail from other domains (RFC 5321, section 5)
	Submission Role = "submission" // receives mail from users (RFC 6409)
	Store      Role = "store"      // keeps mailboxes: LMTP in, IMAP out
	Relay      Role = "relay"      // a real, retrying sender outside the fault domain
	Balancer   Role = "balancer"   // spreads connections over other nodes
	DNS        Role = "dns"        // the drill's authoritative name server
	Outside    Role = "outside"    // the vantage: driver, probes and bounce sink enter here
	Other      Role = "other"      // anything else, for instance a user's own image
)

// Clock names the retry timers in force.
type Clock string

const (
	Drill      Clock = "drill"      // short retry timers, so that a drill takes seconds
	Production Clock = "production" // the servers' own defaults
)

// Service is the name of a port, as used by Dial. A decimal number is a
// service too.
type Service string

const (
	SMTP        Service = "smtp"        // 25
	MSA         Service = "submission"  // 587, STARTTLS
	Submissions Service = "submissions" // 465, implicit TLS (RFC 8314)
	LMTP        Service = "lmtp"        // 24
	IMAP        Service = "imap"        // 143
	IMAPS       Service = "imaps"       // 993
	POP3        Service = "pop3"        // 110
	Domain      Service = "dns"         // 53, UDP and TCP
	LDAP        Service = "ldap"        // 389
	Milter      Service = "milter"      // 8891, by custom: none is assigned
	Restic      Service = "restic"      // 8000, by custom: repositories of restic(1)
	HTTP        Service = "http"        // 80, where alerts are received
	Prometheus  Service = "prometheus"  // 9090, of a monitor
	// Exporters beside a server, for a monitor to read.
	NodeMetrics    Service = "node-metrics"    // 9100
	PostfixMetrics Service = "postfix-metrics" // 9154
)

// DefaultPort is the well-known port of each named service.
var DefaultPort = map[Service]int{
	SMTP: 25, MSA: 587, Submissions: 465, LMTP: 24,
	IMAP: 143, IMAPS: 993, POP3: 110, Domain: 53, HTTP: 80, LDAP: 389, Milter: 8891, Restic: 8000,
	Prometheus: 9090, NodeMetrics: 9100, PostfixMetrics: 9154,
}

// Topology is a complete mail system. Node order is the order of the file.
type Topology struct {
	Name  string
	Title string
	Clock Clock
	// MailDomain is the domain whose mailboxes the drill fills, for instance
	// "drill.test". Always under .test or .example (RFC 2606).
	MailDomain string
	// BounceDomain is where bounces go: its MX is the outside node.
	BounceDomain string
	IPv6         bool
	// Access is where the programs of users connect to.
	Access   Access
	Nodes    []Node
	Links    []Link
	Zones    []Zone
	Accounts []Account
}

// Access names nodes, or hosts of the drill's DNS. Empty: the nodes with the role.
type Access struct{ IMAP, Submission string }

// Submits is the place where users hand in their mail; empty: there is none.
func (t Topology) Submits() string {
	if n := t.Serving(Submission); t.Access.Submission == "" && len(n) > 0 {
		return n[0].Name
	}
	return t.Access.Submission
}

// Node finds a node by name.
func (t Topology) Node(name string) (Node, bool) {
	i := slices.IndexFunc(t.Nodes, func(n Node) bool { return n.Name == name })
	if i < 0 {
		return Node{}, false
	}
	return t.Nodes[i], true
}

// WithRole lists the nodes that have the role, in file order.
func (t Topology) WithRole(r Role) []Node {
	var found []Node
	for _, n := range t.Nodes {
		if n.Has(r) {
			found = append(found, n)
		}
	}
	return found
}

// Serving lists the nodes that have the role and run from the start.
func (t Topology) Serving(r Role) []Node {
	return slices.DeleteFunc(t.WithRole(r), func(n Node) bool { return n.Standby })
}

// IsAttached tells whether any node is a container of somebody's own.
func (t Topology) IsAttached() bool {
	return slices.ContainsFunc(t.Nodes, func(n Node) bool { return n.Attached != "" })
}

// OwnTimers tells whether somebody's own image keeps a queue: nobody shortens its timers.
func (t Topology) OwnTimers() bool {
	return slices.ContainsFunc(t.Nodes, func(n Node) bool { return n.Server == "custom" && n.Queue != "" && n.Queue != "none" })
}

// Node is one host of the topology.
type Node struct {
	Name  string
	Roles []Role
	Site  string
	// Host is the node's DNS name, for instance "mx1.drill.test". It is never
	// a container name: an engine would answer for those itself, and answer
	// NXDOMAIN as soon as the container is dead.
	Host string
	// Server is the kind of server software: "postfix", "dovecot",
	// "postfix+dovecot", "exim", "opensmtpd", "chasquid", "cyrus", "haproxy", "directory" (LDAP), "filter" and
	// "rspamd" (milters), "monitor" (Prometheus), "dns",
	// "outside", or "custom", which takes Image, Command and Services as given.
	Server string
	// Release is that of Debian which the server is of: "bookworm", "trixie"; empty: the
	// runtime's own.
	Release string
	// Image overrides the server's own image; "custom" needs it, or Build.
	Image string
	Build *Build
	// Attached is the container of somebody's own that the node is: it runs before the
	// drill and after it, and is not made anew by anything.
	Attached string
	// At are the addresses that such a container has in its own networks; the runtime
	// finds them.
	At        []netip.Addr
	Command   []string
	Container Container
	Env       map[string]string
	// Settings override the server's main configuration (main.cf of Postfix,
	// dovecot.conf) by parameter name.
	Settings map[string]string
	// Files are written into the node before it starts, by absolute path;
	// they replace the server's own files of the same path.
	Files map[string]string
	// Certificates are files that get a certificate of the drill's own authority, with
	// its key; it is the same one in all of them.
	Certificates []string
	Services     map[Service]int
	Volumes      []Volume
	Mail         Mail
	// Queue tells how the queue is read: "postfix", "exim", "opensmtpd", "chasquid", "exec" or "none".
	Queue string
	// QueueCommand prints the queue for Queue "exec", one envelope a line.
	QueueCommand []string
	// QueuePath is where the queue is kept; empty: where its software keeps it.
	QueuePath string
	// StorePath is where somebody's own image keeps its mailboxes.
	StorePath string
	// Accounts is a script of sh(1) that makes the drill's accounts. It reads a line
	// "address password" for each, and is run again until it succeeds.
	Accounts string
	// RemoveAccounts is the script that takes them away from a container that runs on.
	RemoveAccounts string
	Health         Health
	// Supervised nodes are started again by their supervisor when they die.
	Supervised bool
	// Standby nodes are made with the system, and not started until somebody scales
	// out.
	Standby bool
	// Defects are planted lies; only the known-truth system (the embedded
	// runtime) has them. Every other runtime refuses a topology with any.
	Defects *Defects
}

// Build is how an image is made (Compose specification, build).
type Build struct {
	Context, Dockerfile, Target string
	Args                        map[string]string
}

// Container is what a container of somebody's image is told beyond its image
// (Compose specification, services).
type Container struct {
	Entrypoint       []string
	User, WorkingDir string
	Tmpfs            []string // path, or path:options
	CapAdd, CapDrop  []string // capabilities(7) without CAP_
	StopSignal       string
	Init             bool
}

// Has tells whether the node has the role.
func (n Node) Has(r Role) bool { return slices.Contains(n.Roles, r) }

// Mail is what a node does with mail, in terms both runtimes understand.
type Mail struct {
	// Domains are delivered from here, to DeliverTo.
	Domains []string
	// DeliverTo is the node that takes final delivery by LMTP; the node's own
	// name means its own store.
	DeliverTo string
	// RelayDomains are accepted and passed on by MX lookup (a backup MX).
	RelayDomains []string
	// RelayAnything accepts every domain and passes it on by MX lookup: the
	// outside relay. It is reachable from the drill's networks only.
	RelayAnything bool
	// Auth requires AUTH (RFC 4954) before mail is taken on submission ports.
	Auth bool
}

// Volume is state that outlives the node's processes.
type Volume struct {
	Name string
	Path string
	// Size limits the volume, in bytes; 0: not limited. A volume with a size is a
	// file system on a device of its own, where the runtime has such.
	Size int64
	// Type is the file system of a volume with a size: "ext4", which is meant by
	// an empty one too, or "xfs".
	Type string
	// Options are those of mount(8) for a volume with a size, ext4(5) or xfs(5).
	Options string
	// Shared volumes of one name are one volume. It outlives each of its nodes.
	Shared bool
	// From is whose content it begins with, as a copy: a volume of the engine, or a
	// folder of the engine's host by its absolute path.
	From string
}

// Health is when a node counts as ready, by real dialogue.
type Health struct {
	// Service is dialled; Expect is the text that its greeting must begin
	// with. An empty Service means: running is ready.
	Service Service
	Expect  string
	// Timeout bounds the wait for readiness. 0: one minute.
	Timeout time.Duration
}

// Link is a path between two nodes that faults can be put on.
type Link struct {
	Name, From, To string
	Service        Service
}

// Account is one mailbox with its owner's password.
type Account struct{ Address, User, Password string }

// Zone is one DNS zone that the drill's name server answers for.
type Zone struct {
	Name    string
	Records []Record
}

// Record is one resource record. Of Value and Node one is set: Node stands for
// the node's addresses, which only the runtime knows (types A and AAAA).
type Record struct {
	Name  string // relative to the zone; "@" is the zone itself
	Type  string // A, AAAA, MX, TXT, PTR, CNAME, NS, TLSA
	TTL   time.Duration
	Value string // as in a zone file (RFC 1035, section 5)
	Node  string
}

// Defects are planted lies of a known-truth node, by message sequence number.
type Defects struct {
	Lose      []uint32      // accepted with 250, then gone
	Duplicate []uint32      // delivered twice
	Corrupt   []uint32      // delivered with a byte changed
	Delay     time.Duration // every delivery is late by this
	FalseDSN  []uint32      // a delivery report says "delivered", nothing was
	// LoseWhile: whatever is accepted with 250 while all of this holds is gone.
	// Empty: nothing.
	LoseWhile []Trouble
	// Lies and Veil are planted by calibrations; scenario files cannot name them.
	Lies map[uint32]Lie
	Veil *Veil
}

// Trouble is a state of a node in which it does not serve.
type Trouble struct {
	Node string
	Is   string // one of the states below
}

// The states of a [Trouble].
const (
	IsDown   = "down"   // it does not run
	IsFrozen = "frozen" // it runs and does nothing
	IsCutOff = "cut-off"
)

// Addresses are the addresses of each node, IPv4 first, as the runtime chose
// them.
type Addresses map[string][]netip.Addr
