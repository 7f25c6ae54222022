package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"maildrill/scenarios"
)

// services carries the ports of mail that the node has.
func (s *service) services() {
	s.node.Services = map[string]int{}
	open := ports(s.config)
	for _, p := range portServices {
		if slices.Contains(open, p.port) || slices.Contains(s.node.Roles, p.role) && (p.service == "smtp" || p.service == "imap") {
			s.node.Services[p.service] = p.port
		}
	}
	if slices.Contains(s.node.Roles, "submission") && s.node.Services["submissions"] == 0 {
		s.node.Services["submission"] = 587
	}
	for label, service := range map[string]string{labelSMTP: "smtp", labelIMAP: "imap"} {
		if port := number(s.config.Labels[label]); port > 0 {
			s.node.Services[service] = port
		}
	}
	// A proxy of IMAP answers to STARTTLS where it answers to TLS.
	if slices.Contains(s.node.Roles, "balancer") && s.node.Services["imaps"] != 0 {
		s.node.Services["imap"] = cmp.Or(s.node.Services["imap"], 143)
	}
	switch {
	case slices.Contains(s.node.Roles, "balancer") && s.node.Services["smtp"] != 0:
		s.node.Health = &scenarios.Health{Service: "smtp", Expect: "220"}
	case s.node.Services["imap"] == 0 && s.node.Services["smtp"] == 0 && s.kind.port != 0:
		port := strconv.Itoa(s.kind.port)
		s.node.Services[port], s.node.Health = s.kind.port, &scenarios.Health{Service: port}
	}
}

// queue says how the queue is read, and where it and the mailboxes are kept. An image
// that would keep its queue on a volume of its own has it in the usual place without.
func (s *service) queue() {
	s.node.Queue, s.node.QueuePath = s.kind.queue, s.config.Labels[labelQueue]
	for _, k := range kinds { // whose queue it is, its path says
		if s.node.Queue == "" && k.queue != "" && strings.Contains(s.node.QueuePath, k.queue) {
			s.node.Queue = k.queue
		}
	}
	if s.node.QueuePath == "" && s.mounted(s.kind.spool) {
		s.node.QueuePath = s.kind.spool
	}
	if slices.Contains(s.node.Roles, "store") {
		s.node.StorePath = cmp.Or(s.config.Labels[labelStore], s.kind.store)
	}
}

// mounted tells whether a path is on a volume.
func (s *service) mounted(path string) bool {
	return slices.ContainsFunc(s.node.Volumes, func(v scenarios.Volume) bool {
		under := strings.TrimSuffix(v.Path, "/")
		return path == under || strings.HasPrefix(path, under+"/")
	})
}

// number reads the port of "143", "143/tcp" or "143+tls"; 0: there is none.
func number(text string) int {
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if digits >= 0 {
		text = text[:digits]
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > 65535 {
		return 0
	}
	return n
}
