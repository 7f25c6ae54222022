package scenarios

import "maps"

var (
	kinds          = []string{"Scenario", "Topology"}
	documentKinds  = append([]string{"Evidence", "GameDay", "Programme"}, kinds...)
	rtoServices    = []string{"submission", "mx", "delivery", "imap"}
	objectiveNames = []string{"loss", "duplicates", "damaged", "misdelivered", "notified", "stored", "identity", "renewed",
		"rto.submission", "rto.mx", "rto.delivery", "rto.imap", "rpo",
		"loss_during", "capacity", "detect", "drain", "late", "security", "unfiltered", "backscatter"}
	causes = []string{"maintenance", "server-failure", "hardware-failure", "disk-failure", "power-outage",
		"nic-failure", "network-failure", "isp-outage", "congestion", "dns-failure", "misconfiguration",
		"software-crash", "bad-update", "dos-attack", "security-breach", "containment", "site-loss", "overload",
		"data-corruption", "user-error", "credential-compromise", "vendor-outage", "expired-certificate",
		"delayed-critical-mail"}
	mitigations = []string{"redundancy", "redundant-network", "backup-mx", "failover", "load-balancing",
		"replication", "backup-restore", "monitoring", "dr-plan", "regular-testing", "training", "scalability",
		"patching", "maintenance-notice", "communication", "review", "vendor-sla", "ups", "access-control",
		"filtering", "cloud-fallback", "hardening-under-stress"}
	// Actions are the kinds of `action:`, as package action has them.
	Actions = []string{"flush", "stop", "start", "restart", "upgrade", "exec", "backup", "restore", "renew-certificate", "promote",
		"scale-out", "wait", "announce", "manual"}
	exercises    = []string{"tabletop", "walk-through", "communication", "functional", "simulation", "full-scale", "automated"}
	environments = []string{"replica", "staging", "production"}
	roles        = []string{"operator", "owner", "approver", "coordinator", "safety-officer", "scribe", "observer", "player",
		"comms-lead", "business-owner", "reviewer", "auditor"}
)

// keys is the table of all keys: by Go type, then by key.
var keys = joined(fileKeys, gameDayKeys, programmeKeys)

func joined(tables ...map[string]map[string]fact) map[string]map[string]fact {
	all := map[string]map[string]fact{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// fileKeys are the keys of kinds Scenario, Topology and Evidence.
var fileKeys = map[string]map[string]fact{
	"Scenario": {
		"apiVersion": {doc: "version of the schema", required: true, enum: []string{APIVersion}},
		"kind":       {doc: "what the file describes", required: true, enum: kinds},
		"metadata":   {doc: "name, story and the requirements that the drill answers", required: true},
		"topology":   {doc: "the mail system: a name of the library, a file beside this one, or written out", required: true},
		"clock":      {doc: "drill: short retry timers, named in the record; production: the servers' defaults. Default drill", enum: []string{"drill", "production"}},
		"workload":   {doc: "the mail that flows during the drill"},
		"phases":     {doc: "the stretches before and after the timeline"},
		"probes":     {doc: "rules of measurement; rarely changed"},
		"users":      {doc: "people behind the mailboxes, for user-minutes. Default: one for each mailbox", min: 1, max: 1e9},
		"alerts":     {doc: "alerts of the system's own monitoring, received while the drill runs"},
		"cycles":     {doc: "what the system does again and again, such as a backup, by name; `when: cycle(NAME) >= 0.95` hits a phase", keyForm: nameForm},
		"timeline":   {doc: "the faults, and actions on the system"},
		"objectives": {doc: "what must hold for the drill to pass", required: true},
		"guards":     {doc: "conditions that abort the drill, \"lost > 100\""},
		"trials":     {doc: "how often the drill is repeated; --trials overrides n"},
		"expect":     {doc: "the ending that a suite demands; a single run ignores it"},
		"audit":      {doc: "true: the record is meant for an audit; the drill asks for the evidence that it needs, and cannot pass without. Default false"},
		"evidence":   {doc: "what only people know; `--evidence FILE` gives it from a file of its own"},
	},
	"Metadata": {
		"name":        {doc: "short name, unique in its folder", required: true, form: nameForm},
		"title":       {doc: "one sentence"},
		"story":       {doc: "what happens, for people"},
		"look":        {doc: "what to look at in the result"},
		"twin":        {doc: "the scenario that differs in one thing, and ends otherwise", form: nameForm},
		"tags":        {doc: "suites are made of tags", form: nameForm},
		"causes":      {doc: "ids of the causes of downtime that the drill stands for", enum: causes},
		"mitigations": {doc: "ids of the counter-measures that it proves", enum: mitigations},
		"controls":    {doc: "controls of standards, \"iso27001:A.5.30\"", form: textForm},
	},
	"Workload": {
		"rate":           {doc: "messages offered per second or minute, \"20/s\"; 0/s offers none, and makes the drill inconclusive. Default 10/s"},
		"arrivals":       {doc: "poisson or even spacing, whatever the system answers. Default poisson", enum: []string{"poisson", "even"}},
		"mailboxes":      {doc: "number of accounts. Default 10", min: 1, max: 10000},
		"recipients":     {doc: "recipients of each message. Default 1", min: 1, max: 100},
		"sizes":          {doc: "sizes of the messages, drawn evenly. Default 1KiB, 8KiB, 64KiB"},
		"entry":          {doc: "where mail enters: by the MX records, at submission with AUTH, or through the relay. Default mx", enum: []string{"mx", "submission", "relay"}},
		"tls":            {doc: "STARTTLS of the driver. Default none", enum: []string{"none", "opportunistic", "required"}},
		"sessions":       {doc: "connections at the same time, at most. Default 100", min: 1, max: 1000},
		"per_connection": {doc: "messages that one connection takes, at most: 1 comes and leaves as most senders do, more keeps it for two seconds as MTAs do. Default 1", min: 1, max: 1e6},
		"views":          {doc: "ways that equal shares of the messages take, with entry mx: direct to the mail exchangers, or via_relay. Default direct", enum: []string{"direct", "via_relay"}},
		"messages":       {doc: "messages in all; 0, the default: until the drill ends", min: 0, max: 1e9},
		"stored":         {doc: "mail that is there before the drill, read back with its flags and folders at the end"},
	},
	"Stored": {
		"messages":   {doc: "stored messages in each account. Default 40", min: 1, max: 2000},
		"accounts":   {doc: "accounts that hold nothing else. Default 1", min: 1, max: 20},
		"operations": {doc: "changes of stored mail per second or minute, over all accounts: flags, copies, moves, removals, new messages and folders; 0/s: none. Default 2/s"},
	},
	"Phases": {
		"baseline": {doc: "healthy time before the timeline. Default 15s"},
		"observe":  {doc: "time after the timeline, at least `stable` and the largest RTO. Default 60s"},
		"drain":    {doc: "longest wait for the queues to empty. Default 120s"},
	},
	"Probes": {
		"interval": {doc: "time between two probes of a service. Default 250ms"},
		"timeout":  {doc: "longest wait of a probe, per host. Default 1s"},
		"stable":   {doc: "how long a service must answer to count as recovered. Default 10s (production: 60s), at least ten intervals"},
	},
	"Step": {
		"id":     {doc: "name of the step", required: true, form: nameForm},
		"at":     {doc: "start, since the end of the baseline", zero: true},
		"after":  {doc: "start when these steps are over: reverted, and proven clean", form: nameForm},
		"when":   {doc: "start when a live value holds, \"accepted >= 500\"; with `after`, from then on"},
		"fault":  {doc: "kind of fault, see `maildrill list faults`", form: textForm},
		"action": {doc: "something that operators do, see `maildrill list actions`", enum: Actions},
		"on":     {doc: "nodes (or links, where the fault takes one); some actions take none", form: nameForm},
		"for":    {doc: "how long the fault is held"},
		"with":   {doc: "parameters, see `maildrill list faults KIND` and `maildrill list actions KIND`"},

		"timeout": {doc: "longest time of an action, over all of its nodes. Default 1m"},
	},
	"Objectives": {
		"loss":         {doc: "accepted copies that are nowhere"},
		"duplicates":   {doc: "copies delivered more than once"},
		"damaged":      {doc: "copies that arrived changed"},
		"misdelivered": {doc: "copies in somebody else's mailbox"},
		"notified":     {doc: "copies that came back as a bounce"},
		"stored":       {doc: "stored messages, flags, folders and subscriptions that are not as they were left"},
		"identity":     {doc: "UIDs used twice, UIDNEXT or mod-sequences that fell, removed messages that came back"},
		"renewed":      {doc: "folders under a higher UIDVALIDITY, which every mail reader downloads again"},
		"rto":          {doc: "longest outage of each service", names: rtoServices},
		"rpo":          {doc: "how far before the fault the loss may reach"},
		"loss_during":  {doc: "lost copies of those accepted while a fault was in effect"},
		"capacity":     {doc: "longest time until the load is carried as before the fault"},
		"detect":       {doc: "longest time until the fault is noticed"},
		"drain":        {doc: "longest time from recovery until the backlog is gone"},
		"late":         {doc: "copies that were delivered late"},
		"backscatter":  {doc: "notifications that outsiders get about mail that they have not sent. A count"},
		"security":     {doc: "breaches that are let through while the drill runs: mail relayed for strangers, submission without a log-in, a wrong password taken, STARTTLS no longer offered or with another certificate. A count"},
		"unfiltered":   {doc: "copies that were delivered without the filter having looked at them"},
	},
	"Alerts": {
		"webhook": {doc: "a POST to http://outside.DOMAIN/ is an alert: of Alertmanager, JSON or plain text", required: true},
		"names":   {doc: "alerts that count as detection. Default: all", form: textForm},
	},
	"Cycle": {
		"every":  {doc: "length of the cycle", required: true},
		"offset": {doc: "when the first one begins", zero: true},
		"from":   {doc: "baseline: since the end of the baseline, as `at` of a step; clock: since 1970-01-01 00:00 UTC, as a cron job whose interval divides the day. Default baseline", enum: []string{"baseline", "clock"}},
	},
	"Detect": {
		"max": {doc: "longest time since the fault took effect", required: true},
		"by":  {doc: "who has to notice: an alert that is received, a probe of maildrill, mail that moves to another node, or the system's own health check", required: true, enum: []string{"alert", "probe", "failover", "health"}},
	},
	"Drain": {
		"max":   {doc: "longest time", required: true},
		"flush": {doc: "a drain that an operator hurried with a flush counts too. Default false"},
	},
	"Late": {
		"max":   {doc: "number of copies, or a percentage of the delivered ones", required: true},
		"after": {doc: "time since the copy was due after which it is late", required: true},
	},
	"Unfiltered": {
		"max":  {doc: "number of copies, or a percentage of the accepted ones", required: true},
		"mark": {doc: "header field that the filter adds to what it has looked at. Default X-Filtered-By, as `server: rspamd` does", form: textForm},
	},
	"Limit":     {"max": {doc: "number of copies, or a percentage of the accepted ones (of stored mail: of the stored messages)", required: true}},
	"TimeLimit": {"max": {doc: "longest time", required: true, zero: true}},
	"Trials": {
		"n": {doc: "number of trials, each on a system of its own. Default 1", min: 1, max: MostTrials},
		"stop": {doc: "first_fail: the first trial that fails is the last; none: all are made. Default none",
			enum: []string{StopFirstFail, StopNone}, refused: map[string]string{
				"first_pass": "stopping at the first pass is retrying until it is green: the failures before it would be forgotten, and a pass would say nothing"}},
		"reruns": {doc: "trials made in place of inconclusive ones, in all; every one is counted and shown. Default 0", min: 0, max: MostTrials},
	},
	"Expect": {
		"verdict":    {doc: "how the drill ends", required: true, enum: []string{"passed", "failed", "inconclusive", "aborted", "error"}},
		"objectives": {doc: "exactly those that are missed", enum: objectiveNames},
		"reason":     {doc: "why it ends so"},
	},
	"EvidenceFile": {
		"apiVersion": {doc: "version of the schema", required: true, enum: []string{APIVersion}},
		"kind":       {doc: "what the file describes", required: true, enum: []string{"Evidence"}},
		"evidence":   {doc: "as in a scenario; a key here takes the place of the same key there", required: true},
	},
	"Evidence": {
		"exercise":       {doc: "E02, type of the exercise: automated is a run that nobody attends", enum: exercises, blank: true},
		"environment":    {doc: "E05, where it takes place. Containers that maildrill starts are a replica", enum: environments, blank: true},
		"differences":    {doc: "E05, how what is tested differs from production, a sentence each"},
		"exclusions":     {doc: "E04, what is left out of the test"},
		"basis":          {doc: "E06, the documents that the drill rests on"},
		"objectives":     {doc: "E08, whose the objectives are"},
		"participants":   {doc: "E09, who was meant to take part, and who did"},
		"authorisation":  {doc: "E10, the decision to run the drill"},
		"classification": {doc: "E01, of the record, \"internal\""},
	},
	"Basis": {
		"bia":          {doc: "business impact analysis"},
		"risk":         {doc: "entry of the risk register"},
		"plan":         {doc: "continuity or recovery plan"},
		"plan_version": {doc: "version of the plan"},
		"runbook":      {doc: "runbook that is followed"},
	},
	"Mandate": {
		"owner":    {doc: "who of the business stands for the objectives"},
		"approved": {doc: "day on which they were approved, 2026-03-01", form: dayForm},
		"source":   {doc: "where they are written down"},
	},
	"Participant": {
		"role":         {doc: "what they do; the operator starts the drill", required: true, enum: roles},
		"name":         {doc: "name or pseudonym", required: true},
		"organisation": {doc: "where they belong"},
		"attended":     {doc: "whether they came. Default: not said"},
	},
	"Authorisation": {
		"approver":     {doc: "who approved the drill, not the operator"},
		"change":       {doc: "number of the change"},
		"blast_radius": {doc: "what the faults may hurt at most"},
		"abort":        {doc: "when people stop the drill"},
	},
	"Topology": {
		"apiVersion":   {doc: "version of the schema", enum: []string{APIVersion}},
		"kind":         {doc: "what the file describes", enum: []string{"Topology"}},
		"metadata":     {doc: "name and title"},
		"parameters":   {doc: "values that a scenario may choose, by name; \"@name@\" stands for them", keyForm: parameterForm},
		"domain":       {doc: "mail domain. Default drill.test", form: domainForm},
		"real_domains": {doc: "names of the real world may stand here: the drill's name server answers for them, and its networks lead nowhere else. Default: .test, .example and .invalid only"},
		"ipv6":         {doc: "IPv6 beside IPv4"},
		"access":       {doc: "where the programs of users connect to, if not to the nodes with the role"},
		"nodes":        {doc: "the hosts, by name", required: true, keyForm: nameForm},
		"links":        {doc: "paths between nodes that faults can be put on"},
		"zones":        {doc: "DNS zones. Addresses of the nodes' own hosts are added; MX records are not", keyForm: zoneForm},
	},
	"TopologyUse": {
		"use":  {doc: "a name of the library, or a file beside this one", required: true, form: textForm},
		"with": {doc: "values of the topology's parameters, by name", keyForm: parameterForm},
		"set":  {doc: "what is different in this topology, by path: `nodes.mx1.volumes: []`", keyForm: textForm},
	},
	"ComposeUse": {
		"compose":       {doc: "file of a Compose project, of which the topology is made; relative to this file", required: true, form: textForm},
		"profiles":      {doc: "profiles that are active", form: textForm},
		"domain":        {doc: "mail domain that the drill fills. Default: that of the host which takes mail", form: realForm},
		"roles":         {doc: "what services do that nothing tells, by service", keyForm: textForm, enum: []string{"mx", "submission", "store", "balancer", "other"}},
		"accounts":      {doc: "scripts of sh that make the drill's accounts, by service", keyForm: textForm},
		"clone_volumes": {doc: "volumes begin with a copy of what the project's own hold. Default: empty"},
		"set":           {doc: "what is different in the topology, by path: `nodes.smtp.volumes: []`", keyForm: textForm},
	},
	"Parameter": {
		"about":   {doc: "what it decides", required: true, form: textForm},
		"default": {doc: "its value where a scenario says nothing", required: true},
		"choices": {doc: "the values that it may have. Default: any"},
	},
	"Access": {
		"imap":       {doc: "where mailboxes are read: a node, or a host name that DNS answers for at each connection. What users cannot see there does not count", form: accessForm},
		"submission": {doc: "where users hand in their mail: a node, or a host name", form: accessForm},
	},
	"Node": {
		"roles":           {doc: "what the node does in the mail flow", enum: []string{"mx", "submission", "store", "relay", "balancer", "dns", "outside", "other"}},
		"site":            {doc: "where it stands", form: nameForm},
		"host":            {doc: "DNS name. Default NODE.DOMAIN", form: domainForm},
		"server":          {doc: "server software. Default: by roles; custom with an image", enum: []string{"postfix", "dovecot", "postfix+dovecot", "exim", "opensmtpd", "chasquid", "cyrus", "haproxy", "directory", "filter", "rspamd", "monitor", "backup", "dns", "outside", "custom"}},
		"release":         {doc: "release of Debian that the server is of: bookworm has Postfix 3.7 and Dovecot 2.3, trixie Postfix 3.10 and Dovecot 2.4. Default bookworm", enum: []string{"bookworm", "trixie"}},
		"image":           {doc: "container image; custom needs it, or build", form: textForm},
		"build":           {doc: "how the image is made, as in Compose; it is made again when a file of the context changes"},
		"attached":        {doc: "name of a container that runs already, and that the node is; `maildrill attach` writes it", form: textForm},
		"container":       {doc: "how the container differs from what its image says, as in Compose"},
		"queue_path":      {doc: "where the queue is kept, of a server that keeps it elsewhere than usual", form: pathForm},
		"remove_accounts": {doc: "script of sh for the end of a drill on a container that runs on: it reads what `accounts` read", form: textForm},
		"store_path":      {doc: "where a node of one's own image keeps its mailboxes; nothing is mounted there by that", form: pathForm},
		"accounts":        {doc: "script of sh that makes the drill's accounts: it reads a line `address password` for each, and is run again until it succeeds", form: textForm},
		"command":         {doc: "command and arguments, instead of the image's"},
		"env":             {doc: "environment variables", keyForm: textForm},
		"settings":        {doc: "parameters of the server's main configuration (main.cf, dovecot.conf); with SERVICE/NAME, those of one service of master.cf", keyForm: textForm},
		"files":           {doc: "files of the node, by absolute path", keyForm: pathForm},
		"certificates":    {doc: "files of a node of one's own image that get a certificate of the drill's authority, with its key", form: pathForm},
		"services":        {doc: "ports by service. Default: by roles", keyForm: serviceForm, min: 1, max: 65535},
		"volumes":         {doc: "state that outlives the processes"},
		"mail":            {doc: "what the node does with mail"},
		"queue":           {doc: "how its queue is read. Default: that of the server, else none", enum: []string{"postfix", "exim", "opensmtpd", "chasquid", "exec", "none"}},
		"queue_command":   {doc: "for queue exec: prints one envelope a line"},
		"health":          {doc: "when the node is ready. Default: by roles"},
		"supervised":      {doc: "a supervisor starts it again when it dies"},
		"standby":         {doc: "made with the others, and not started until action scale-out"},
		"defects":         {doc: "planted lies; the embedded runtime only"},
	},
	"Build": {
		"context":    {doc: "folder with the files; relative to this file", required: true, form: textForm},
		"dockerfile": {doc: "in that folder. Default Dockerfile", form: textForm},
		"target":     {doc: "stage that is built. Default: the last", form: textForm},
		"args":       {doc: "build arguments", keyForm: textForm},
	},
	"Container": {
		"entrypoint":  {doc: "instead of the image's"},
		"user":        {doc: "user, or user:group", form: textForm},
		"working_dir": {doc: "working directory", form: pathForm},
		"tmpfs":       {doc: "file systems in memory: a path, or path:options"},
		"cap_add":     {doc: "capabilities beyond the engine's own set: NET_ADMIN", form: capabilityForm},
		"cap_drop":    {doc: "capabilities that are taken away", form: capabilityForm},
		"stop_signal": {doc: "signal that ends it in order. Default: the image's", form: textForm},
		"init":        {doc: "an init process of the engine's (--init) is the first"},
	},
	"Mail": {
		"domains":        {doc: "domains delivered from here", form: domainForm},
		"deliver_to":     {doc: "node that takes them by LMTP; its own name: its own store", form: nameForm},
		"relay_domains":  {doc: "domains passed on by their MX records: a backup MX", form: domainForm},
		"relay_anything": {doc: "pass every domain on by its MX records: the outside relay"},
		"auth":           {doc: "AUTH is required on submission ports"},
	},
	"Volume": {
		"name":    {doc: "name, unique in the node", required: true, form: nameForm},
		"path":    {doc: "where it is mounted. Default for a volume `queue` or `mail`: where the node's server keeps that", form: pathForm},
		"size":    {doc: "size, at least 16MiB (XFS: 300MiB); the volume is then a file system on a disk of its own, which faults can act on. Default: not limited"},
		"type":    {doc: "file system of a volume with a size. Default ext4", enum: []string{"ext4", "xfs"}},
		"shared":  {doc: "it is one with the shared volumes of that name of other nodes"},
		"from":    {doc: "a volume of the engine, or a folder of its host by its absolute path: the drill's volume begins with a copy of it. Default: empty", form: textForm},
		"options": {doc: "mount options of the file system of a volume with a size (ext4(5), xfs(5)), \"commit=60\". Default: none"},
	},
	"Link": {
		"name":    {doc: "name, not that of a node", required: true, form: nameForm},
		"from":    {doc: "node that connects", required: true, form: nameForm},
		"to":      {doc: "node that listens", required: true, form: nameForm},
		"service": {doc: "service of the link", form: serviceForm},
	},
	"Record": {
		"name":  {doc: "relative to the zone. Default @, the zone itself", form: textForm},
		"type":  {doc: "record type", required: true, enum: []string{"A", "AAAA", "MX", "TXT", "PTR", "CNAME", "NS", "TLSA"}},
		"ttl":   {doc: "time to live. Default 5s"},
		"value": {doc: "as in a zone file", form: textForm},
		"node":  {doc: "instead of a value, for A and AAAA: the node's addresses", form: nameForm},
	},
	"Health": {
		"service": {doc: "service that is dialled", required: true, form: serviceForm},
		"expect":  {doc: "what the greeting begins with"},
		"timeout": {doc: "longest wait. Default 1m"},
	},
	"Defects": {
		"lose":       {doc: "sequence numbers accepted with 250, then gone"},
		"duplicate":  {doc: "sequence numbers delivered twice"},
		"corrupt":    {doc: "sequence numbers delivered with a byte changed"},
		"delay":      {doc: "every delivery is late by this", zero: true},
		"false_dsn":  {doc: "sequence numbers reported as delivered, but not delivered"},
		"lose_while": {doc: "while all of these nodes are in these states, what is accepted with 250 is gone: a defect that no single fault shows"},
	},
	"Trouble": {
		"node": {doc: "node that is looked at", required: true, form: nameForm},
		"is":   {doc: "its state", required: true, enum: []string{"down", "frozen", "cut-off"}},
	},
}
