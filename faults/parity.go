package faults

import (
	"fmt"
	"strings"
)

// peer is a fault of another tool and what equals it here: kinds of the
// catalogue, or the reason why there is none.
type peer struct {
	fault string
	ours  []string
	why   string
}

// peers are the faults on containers, networks, names and disks of the tools
// that people come from, as their own documentation lists them.
var peers = []struct {
	tool   string
	faults []peer
}{
	{"Pumba", []peer{
		{fault: "kill", ours: []string{"node.crash", "process.kill"}},
		{fault: "stop, restart", ours: []string{"node.stop"}, why: "a restart is a stop that is held for a moment"},
		{fault: "pause", ours: []string{"node.freeze"}},
		{fault: "rm (with or without volumes)", ours: []string{"node.replace"}},
		{fault: "exec", why: "a step of the timeline (`action: exec`): what a command does is not a fault that could be proven on and off"},
		{fault: "netem delay (jitter)", ours: []string{"net.latency"}},
		{fault: "netem loss", ours: []string{"net.loss"}},
		{fault: "netem loss-state, loss-gemodel", why: "bursts of loss by a Markov model need netem; two steps of net.loss with different rates come close"},
		{fault: "netem duplicate", ours: []string{"net.duplicate"}},
		{fault: "netem corrupt", ours: []string{"net.corrupt"}},
		{fault: "netem rate", ours: []string{"net.bandwidth"}, why: "without the overhead of ATM cells"},
		{fault: "iptables loss (random)", ours: []string{"net.loss"}},
		{fault: "iptables loss (every nth)", why: "mail runs over TCP, for which a fixed and a random share of lost packets come to the same"},
		{fault: "stress (CPU)", ours: []string{"resource.cpu"}, why: "the quota is lowered, so that the host and the probes are not stressed too"},
		{fault: "stress (memory)", ours: []string{"resource.memory", "resource.oom"}},
		{fault: "stress (I/O)", ours: []string{"storage.slow"}, why: "the disk of one node is slow, not that of the host"},
	}},
	{"Toxiproxy", []peer{
		{fault: "latency", ours: []string{"link.slow", "net.latency"}},
		{fault: "bandwidth", ours: []string{"net.bandwidth"}},
		{fault: "slow_close", ours: []string{"link.slow-close"}},
		{fault: "timeout", ours: []string{"link.stall"}},
		{fault: "reset_peer", ours: []string{"link.reset"}},
		{fault: "slicer", ours: []string{"link.slicer"}},
		{fault: "limit_data", ours: []string{"link.reset"}, why: "with `bytes`; for mail `smtp.cut-before-eod` and `smtp.cut-after-eod` say where"},
		{fault: "down", ours: []string{"net.reset"}},
	}},
	{"Blockade", []peer{
		{fault: "start, stop, restart", ours: []string{"node.stop"}},
		{fault: "kill", ours: []string{"node.crash", "process.kill"}},
		{fault: "flaky", ours: []string{"net.loss"}},
		{fault: "slow", ours: []string{"net.latency"}},
		{fault: "duplicate", ours: []string{"net.duplicate"}},
		{fault: "partition, join", ours: []string{"net.partition", "net.isolate"}},
		{fault: "random", why: "a drill that cannot be repeated proves nothing twice; a sweep over all nodes takes its place"},
	}},
	{"Chaos Mesh", []peer{
		{fault: "PodChaos pod-kill, container-kill", ours: []string{"node.crash", "node.replace", "process.kill"}},
		{fault: "PodChaos pod-failure", ours: []string{"node.stop"}},
		{fault: "NetworkChaos delay", ours: []string{"net.latency"}},
		{fault: "NetworkChaos loss", ours: []string{"net.loss"}},
		{fault: "NetworkChaos duplicate", ours: []string{"net.duplicate"}},
		{fault: "NetworkChaos corrupt", ours: []string{"net.corrupt"}},
		{fault: "NetworkChaos reorder", ours: []string{"net.reorder"}},
		{fault: "NetworkChaos bandwidth, rate", ours: []string{"net.bandwidth"}},
		{fault: "NetworkChaos partition", ours: []string{"net.partition"}},
		{fault: "IOChaos latency", ours: []string{"storage.slow"}},
		{fault: "IOChaos fault", ours: []string{"storage.io-error", "storage.full", "storage.readonly"}, why: "the errors come from the kernel itself, not from a file system between"},
		{fault: "IOChaos attrOverride", ours: []string{"storage.permissions"}},
		{fault: "IOChaos mistake", ours: []string{"storage.corrupt"}},
		{fault: "DNSChaos error", ours: []string{"dns.servfail", "dns.nxdomain", "dns.timeout", "dns.refused"}},
		{fault: "DNSChaos random", ours: []string{"dns.wrong-address"}, why: "a known wrong address instead of a random one"},
		{fault: "StressChaos cpu", ours: []string{"resource.cpu"}},
		{fault: "StressChaos memory", ours: []string{"resource.memory", "resource.oom"}},
		{fault: "BlockChaos delay", ours: []string{"storage.slow"}},
		{fault: "TimeChaos", why: "see time.skew above: for servers as Debian builds them it cannot be proven"},
		{fault: "HTTPChaos", ours: []string{"smtp.reply", "smtp.tarpit", "imap.no", "lmtp.reply"}, why: "the protocols of mail in the place of HTTP"},
		{fault: "KernelChaos, JVMChaos", why: "faults inside of the kernel and of Java programs; none of the mail servers is one"},
	}},
	{"Litmus", []peer{
		{fault: "pod-delete, container-kill", ours: []string{"node.crash", "node.replace", "process.kill"}},
		{fault: "pod-cpu-hog, node-cpu-hog", ours: []string{"resource.cpu"}},
		{fault: "pod-memory-hog, node-memory-hog", ours: []string{"resource.memory", "resource.oom"}},
		{fault: "pod-io-stress, pod-fio-stress, node-io-stress", ours: []string{"storage.slow"}},
		{fault: "disk-fill", ours: []string{"storage.full", "storage.inodes"}},
		{fault: "pod-network-latency", ours: []string{"net.latency"}},
		{fault: "pod-network-loss", ours: []string{"net.loss"}},
		{fault: "pod-network-corruption", ours: []string{"net.corrupt"}},
		{fault: "pod-network-duplication", ours: []string{"net.duplicate"}},
		{fault: "pod-network-rate-limit", ours: []string{"net.bandwidth"}},
		{fault: "pod-network-partition", ours: []string{"net.partition"}},
		{fault: "pod-dns-error", ours: []string{"dns.nxdomain", "dns.servfail"}},
		{fault: "pod-dns-spoof", ours: []string{"dns.wrong-address", "dns.mx.wrong"}},
		{fault: "pod-http-latency, -status-code, -reset-peer, -modify-body", ours: []string{"smtp.tarpit", "smtp.reply", "link.reset"}, why: "the protocols of mail in the place of HTTP; a reply that was changed in passing is not offered: mail is never altered"},
		{fault: "node-restart, docker-service-kill", ours: []string{"node.crash", "site.down"}, why: "the drill's nodes share one host, which is never restarted"},
		{fault: "node-drain, node-taint, kubelet-service-kill, pod-autoscaler", why: "scheduling of Kubernetes, which is not there"},
	}},
}

// parity is the table of the peers for the page of the catalogue.
func parity() string {
	var b strings.Builder
	b.WriteString("\n## What other tools have\n\nFor those who come from another tool: what equals its faults here, or why nothing does.\n\n| tool | its fault | here |\n|---|---|---|\n")
	for _, p := range peers {
		for _, f := range p.faults {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", p.tool, f.fault, f.here())
		}
	}
	return b.String()
}

func (p peer) here() string {
	var words []string
	for _, id := range p.ours {
		words = append(words, fmt.Sprintf("[`%s`](#%s)", id, anchor(id)))
	}
	text := strings.Join(words, ", ")
	if text != "" && p.why != "" {
		text += ": "
	}
	return text + p.why
}
