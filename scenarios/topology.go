package scenarios

// Topology is a mail system, as written. planning.Compile resolves it into
// what a runtime starts.
type Topology struct {
	APIVersion string               `yaml:"apiVersion"`
	Kind       string               `yaml:"kind"` // Topology
	Metadata   Metadata             `yaml:"metadata"`
	Parameters map[string]Parameter `yaml:"parameters"`
	Domain     string               `yaml:"domain"` // mail domain; default drill.test
	// RealDomains lets names of the real world stand in the file.
	RealDomains bool                `yaml:"real_domains"`
	IPv6        bool                `yaml:"ipv6"`
	Access      Access              `yaml:"access"`
	Nodes       Nodes               `yaml:"nodes"` // order kept
	Links       []Link              `yaml:"links"`
	Zones       map[string][]Record `yaml:"zones"`
}

// Access is where users' programs connect to: nodes, or host names that the
// drill's DNS answers for at each connection. Empty: the nodes with the role.
type Access struct {
	IMAP       string `yaml:"imap"`
	Submission string `yaml:"submission"`
}

// Nodes are the nodes by name, in the order of the file.
type Nodes []Node

// Node is one host.
type Node struct {
	Name           string            `yaml:"-"` // the key in the file
	Roles          []string          `yaml:"roles"`
	Site           string            `yaml:"site"`
	Host           string            `yaml:"host"`    // default <name>.<domain>
	Server         string            `yaml:"server"`  // postfix, dovecot, postfix+dovecot, exim, opensmtpd, chasquid, cyrus, haproxy, directory, filter, rspamd, monitor, dns, outside, custom
	Release        string            `yaml:"release"` // of Debian, which the server is of: bookworm, trixie
	Image          string            `yaml:"image"`
	Build          *Build            `yaml:"build"`
	Attached       string            `yaml:"attached"` // the container that it is, which runs already
	Command        []string          `yaml:"command"`
	Container      *Container        `yaml:"container"`
	Env            map[string]string `yaml:"env"`
	Settings       map[string]string `yaml:"settings"`
	Files          map[string]string `yaml:"files"`
	Certificates   []string          `yaml:"certificates"` // files that get one of the drill's, with its key
	Services       map[string]int    `yaml:"services"`     // default: by roles
	Volumes        []Volume          `yaml:"volumes"`
	Mail           Mail              `yaml:"mail"`
	Queue          string            `yaml:"queue"` // default: postfix where server has it, else none
	QueueCommand   []string          `yaml:"queue_command"`
	QueuePath      string            `yaml:"queue_path"`      // where it is kept, if not where the server keeps it
	StorePath      string            `yaml:"store_path"`      // where mailboxes are kept, for who inspects it
	Accounts       string            `yaml:"accounts"`        // script that makes the drill's accounts
	RemoveAccounts string            `yaml:"remove_accounts"` // script that takes them away again
	Health         *Health           `yaml:"health"`
	Supervised     bool              `yaml:"supervised"`
	Standby        bool              `yaml:"standby"`
	Defects        *Defects          `yaml:"defects"`
}

// Build is how the image of a node is made, in the words of the Compose
// specification.
type Build struct {
	Context    string            `yaml:"context"`    // folder
	Dockerfile string            `yaml:"dockerfile"` // in it
	Target     string            `yaml:"target"`
	Args       map[string]string `yaml:"args"`
}

// Container is how the container of a node of an image of one's own differs from
// what its image says, in the words of the Compose specification.
type Container struct {
	Entrypoint []string `yaml:"entrypoint"`
	User       string   `yaml:"user"`
	WorkingDir string   `yaml:"working_dir"`
	Tmpfs      []string `yaml:"tmpfs"`
	CapAdd     []string `yaml:"cap_add"`
	CapDrop    []string `yaml:"cap_drop"`
	StopSignal string   `yaml:"stop_signal"`
	Init       bool     `yaml:"init"`
}

// Mail says what the node does with mail; see topology.Mail.
type Mail struct {
	Domains       []string `yaml:"domains"`
	DeliverTo     string   `yaml:"deliver_to"`
	RelayDomains  []string `yaml:"relay_domains"`
	RelayAnything bool     `yaml:"relay_anything"`
	Auth          bool     `yaml:"auth"`
}

// Volume is state that outlives the node's processes.
type Volume struct {
	Name    string `yaml:"name"`
	Path    string `yaml:"path"`
	Size    Size   `yaml:"size"`
	Type    string `yaml:"type"`    // of the file system, with a size
	Options string `yaml:"options"` // of mount(8), with a size
	Shared  bool   `yaml:"shared"`  // with nodes that have one of the same name
	From    string `yaml:"from"`    // what it begins with: a volume of the engine, or a folder of its host
}

// Link is a path between two nodes.
type Link struct {
	Name    string `yaml:"name"`
	From    string `yaml:"from"`
	To      string `yaml:"to"`
	Service string `yaml:"service"`
}

// Record is one DNS record: value as in a zone file, or a node's addresses.
type Record struct {
	Name  string   `yaml:"name"`
	Type  string   `yaml:"type"`
	TTL   Duration `yaml:"ttl"`
	Value string   `yaml:"value"`
	Node  string   `yaml:"node"`
}

// Health is when a node counts as ready.
type Health struct {
	Service string   `yaml:"service"`
	Expect  string   `yaml:"expect"`
	Timeout Duration `yaml:"timeout"`
}

// Defects are planted lies of a known-truth node; see topology.Defects.
type Defects struct {
	Lose      []uint32  `yaml:"lose"`
	Duplicate []uint32  `yaml:"duplicate"`
	Corrupt   []uint32  `yaml:"corrupt"`
	Delay     Duration  `yaml:"delay"`
	FalseDSN  []uint32  `yaml:"false_dsn"`
	LoseWhile []Trouble `yaml:"lose_while"`
}

// Trouble is a state of a node in which it does not serve.
type Trouble struct {
	Node string `yaml:"node"`
	Is   string `yaml:"is"` // down, frozen, cut-off
}
