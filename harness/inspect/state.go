package inspect

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// stateRules are about what outlives a server.
var stateRules = []Rule{{
	ID: "queue-on-no-volume", Risk: Loss, Drill: "queue-on-no-volume",
	Why:    "Mail that was accepted is in the queue alone. A container that is made anew, as by every update, begins with an empty one.",
	Remedy: "Put the queue directory on a volume.",
	look:   each(queueOnNoVolume),
}, {
	ID: "store-on-no-volume", Risk: Loss, Drill: "store-replaced-without-its-disk",
	Why:    "The mailboxes go with the container.",
	Remedy: "Put the folder of the mailboxes on a volume.",
	look:   each(storeOnNoVolume),
}, {
	ID: "fsync-never", Risk: Loss, Drill: "power-cut-store-unsynced",
	Why:    "A store that says yes before the disk has the message loses the last seconds of mail with its power. The MX has given them up by then.",
	Remedy: "Set mail_fsync to optimized, or to always.",
	look:   each(fsyncNever),
}, {
	ID: "queue-gives-up-soon", Risk: Bounce, Drill: "store-disk-full-short-queue",
	Why:    "RFC 5321 (4.5.4.1) wants four to five days. What waits for longer than this is sent back, and a weekend is long.",
	Remedy: "Leave maximal_queue_lifetime at five days.",
	look:   ofPostfix(shortQueue),
}}

// spools are where servers keep their queue, unless told otherwise.
var spools = map[string]string{"postfix": "/var/spool/postfix", "exim": "/var/spool/exim4", "opensmtpd": "/var/spool/smtpd", "chasquid": "/var/lib/chasquid"}

func queueOnNoVolume(_ system, n node) []hit {
	path := n.QueuePath
	switch {
	case path != "":
	case n.main != nil:
		path = n.main.Value("queue_directory")
	case n.Server == "custom":
		path = spools[n.Queue]
	case n.Server != "postfix":
		path = spools[n.Server]
	}
	if path == "" || n.within(path) {
		return nil
	}
	return []hit{{n.Name, "", fmt.Sprintf("the queue of %s, %s, is on no volume", n.Name, path)}}
}

func storeOnNoVolume(_ system, n node) []hit {
	if !n.Has(topology.Store) || n.dovecot == nil && n.StorePath == "" {
		return nil
	}
	path := strings.TrimSuffix(n.StorePath, "/")
	if path == "" {
		path = mailPath(n)
	}
	if path == "" || n.within(path) {
		return nil
	}
	return []hit{{n.Name, "", fmt.Sprintf("the mailboxes of %s, in %s, are on no volume", n.Name, path)}}
}

// mailPath is where Dovecot keeps mail: mail_path of 2.4, mail_location of 2.3, up
// to the first variable.
func mailPath(n node) string {
	path := n.dovecot.Value("mail_path")
	if path == "" {
		_, path, _ = strings.Cut(n.dovecot.Value("mail_location"), ":")
		path, _, _ = strings.Cut(path, ":")
	}
	if home := n.dovecot.Value("mail_home"); strings.HasPrefix(path, "~/") && home != "" {
		path = home
	}
	path, _, _ = strings.Cut(path, "%")
	if !strings.HasPrefix(path, "/") {
		return "" // in the homes of users, wherever these are
	}
	return strings.TrimSuffix(path, "/")
}

func fsyncNever(_ system, n node) []hit {
	if n.dovecot == nil {
		return nil
	}
	for _, protocol := range []string{"lmtp", "lda", "imap"} {
		if n.dovecot.For(protocol, "mail_fsync") == "never" {
			return []hit{{n.Name, n.dovecotFile, fmt.Sprintf("mail_fsync is never for %s on %s", protocol, n.Name)}}
		}
	}
	return nil
}

func shortQueue(_ system, n node) []hit {
	lifetime, ok := n.main.Time("maximal_queue_lifetime")
	if !ok || lifetime >= 3*day {
		return nil
	}
	return []hit{{n.Name, n.setting("maximal_queue_lifetime"), fmt.Sprintf("mail that cannot be delivered is sent back after %s", n.main.Value("maximal_queue_lifetime"))}}
}
