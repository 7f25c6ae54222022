package intake

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/intake/dovecot"
	"maildrill/scenarios"
)

// carried are the settings of Dovecot that decide how mail is kept, and how much at
// the same time. Those within `service` and `protocol` sections are carried in these
// sections.
var (
	carried = []string{"mail_fsync", "mmap_disable", "dotlock_use_excl", "mail_nfs_storage", "mail_nfs_index", "maildir_stat_dirs", "maildir_copy_with_hardlinks",
		"maildir_very_dirty_syncs", "mailbox_list_index", "mail_max_userip_connections", "lmtp_save_to_detail_mailbox", "mbox_write_locks", "mbox_read_locks", "lock_method",
		"mdbox_rotate_size", "mail_attachment_min_size"}
	carriedOfService = []string{"process_limit", "process_min_avail", "client_limit", "service_count", "restart_request_count", "vsz_limit"}
)

// takeDovecot carries the settings of a store over.
func (h *host) takeDovecot() {
	if h.dovecot == nil {
		return
	}
	prefix := ""
	if h.node.Server == "" {
		h.node.Server, h.node.Host = "dovecot", h.fqdn
	} else {
		h.node.Server, prefix = "postfix+dovecot", "dovecot."
	}
	h.node.Roles = append(h.node.Roles, "store")
	if h.dovecot.Value("dovecot_config_version") != "" {
		h.node.Release = "trixie" // Dovecot 2.4
	}
	for _, name := range carried {
		if value := h.dovecot.Value(name); value != "" {
			h.node.Settings[prefix+name] = value
		}
	}
	h.mailbox(prefix)
	h.sections()
	h.changed(Change{Where: dovecotRoot, What: "passdb, userdb", Now: "the drill's own", Means: "users and their passwords are the drill's: an outage of a directory or a database of yours is not seen"})
	h.volume("mail", "")
	if h.dovecot.Value("ssl") != "no" {
		h.changed(Change{Where: dovecotRoot, What: "ssl", Was: h.dovecot.Value("ssl"), Now: "no", Means: "no certificate is copied: mail is read without TLS"})
	}
}

// mailbox carries the format of mailboxes, below the drill's own folder.
func (h *host) mailbox(prefix string) {
	was := h.dovecot.Value("mail_location")
	if driver := h.dovecot.Value("mail_driver"); was == "" && driver != "" {
		was = driver + ":" + h.dovecot.Value("mail_path")
	}
	format, path, _ := strings.Cut(was, ":")
	below, known := folders[format]
	if !known {
		h.changed(Change{Where: dovecotRoot, What: "mail_location", Was: was, Now: "maildir", Means: "the format of the mailboxes is the drill's: what a crash does to yours may differ"})
		return
	}
	if format != "maildir" { // else it is as the drill has it
		h.formatOf(prefix, format, below)
	}
	if path != below {
		h.changed(Change{Where: dovecotRoot, What: "mail_location", Was: was, Now: format + ":" + below + ", homes below /srv/mail", Means: "the format is yours, the folders are the drill's"})
	}
}

// folders are where mailboxes of a format are kept below a user's home.
var folders = map[string]string{"maildir": "~/Maildir", "sdbox": "~/sdbox", "mdbox": "~/mdbox", "mbox": "~/mail"}

// formatOf writes the format in the words of the release.
func (h *host) formatOf(prefix, format, below string) {
	set := h.node.Settings
	switch {
	case h.node.Release == "" && format == "mbox":
		set[prefix+"mail_location"] = "mbox:" + below + ":INBOX=~/inbox"
	case h.node.Release == "":
		set[prefix+"mail_location"] = format + ":" + below
	default:
		set[prefix+"mail_driver"], set[prefix+"mail_path"] = format, below
		if format == "mbox" {
			set[prefix+"mail_inbox_path"] = "~/inbox"
		}
	}
}

// sections writes what services and protocols have of their own.
func (h *host) sections() {
	var text strings.Builder
	for _, s := range h.dovecot.Sections {
		names := carriedOfService
		switch s.Kind {
		case "service":
		case "protocol":
			names = carried
		default:
			continue
		}
		text.WriteString(section(s, names))
	}
	if text.Len() > 0 {
		h.node.Files[dovecotRoot+"/local.conf"] = text.String()
	}
}

func section(s *dovecot.Section, names []string) string {
	var lines []string
	for _, o := range s.Settings {
		if slices.Contains(names, o.Name) {
			lines = append(lines, fmt.Sprintf("  %s = %s\n", o.Name, o.Value))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s {\n%s}\n", s.Kind, s.Label, strings.Join(lines, ""))
}

func (h *host) volume(name, path string) {
	h.node.Volumes = append(h.node.Volumes, scenarios.Volume{Name: name, Path: path})
}
