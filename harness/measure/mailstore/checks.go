package mailstore

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// Group is the objective that an anomaly counts for.
type Group string

const (
	told     Group = ""         // for none: a number to know, or part of another class
	Stored   Group = "stored"   // content, flags and folders are as they have to be
	Identity Group = "identity" // names of messages are never used again
	Renewed  Group = "renewed"  // mail readers need not download everything again
)

// Check is one invariant of stored mail: a pure function of the
// comparison of one account.
type Check struct {
	Class      string
	group      Group
	measurable func(*comparison) bool
	find       func(*comparison) []finding
}

// Checks in the order of the record.
var Checks = []Check{
	{"content_lost", Stored, compared, contentLost},
	{"content_damaged", Stored, compared, contentDamaged},
	{"content_spurious", Stored, compared, contentSpurious},
	{"flag_lost", Stored, compared, func(c *comparison) []finding { return c.flagsLost(`\`) }},
	{"keyword_lost", Stored, compared, func(c *comparison) []finding { return c.flagsLost("") }},
	{"flag_spurious", Stored, compared, flagSpurious},
	{"internaldate_changed", Stored, compared, internaldateChanged},
	{"folder_lost", Stored, compared, folderLost},
	{"folder_renamed", Stored, compared, folderRenamed},
	{"subscription_lost", Stored, subscriptions, func(c *comparison) []finding { return c.subscriptionsNot(yes) }},
	{"subscription_spurious", Stored, subscriptions, func(c *comparison) []finding { return c.subscriptionsNot(no) }},
	{"quota_wrong", Stored, quotas, quotaWrong},
	{"sieve_lost", Stored, scripts, sieveLost},
	{"resurrected", Identity, compared, resurrected},
	{"expunged_reappeared", told, compared, expungedReappeared}, // of those above
	{"uid_reused", Identity, compared, uidReused},
	{"uidnext_rollback", Identity, compared, uidnextRollback},
	{"modseq_rollback", Identity, modseqs, modseqRollback},
	{"uidvalidity_decreased", Identity, compared, func(c *comparison) []finding {
		return c.validity(func(was, is uint32) bool { return is < was })
	}},
	{"uidvalidity_changed", Renewed, compared, func(c *comparison) []finding {
		return c.validity(func(was, is uint32) bool { return is > was })
	}},
	{"uidl_churn", Identity, uidls, uidlChurn},
	{"invisible_to_cached_clients", told, synced, invisibleToCachedClients},
}

// compared: the account was read before and after.
func compared(c *comparison) bool { return c.account.before != nil && c.account.after != nil }

func subscriptions(c *comparison) bool {
	return compared(c) && !c.skipped(Subscriptions)
}

func quotas(c *comparison) bool { return compared(c) && len(c.account.before.Quota) > 0 }

func scripts(c *comparison) bool { return compared(c) && len(c.account.before.Scripts) > 0 }

// Subscriptions is what a manifest calls them where it could not read them.
const Subscriptions = "subscriptions"

// skipped tells whether a manifest had to leave something out.
func (c *comparison) skipped(what string) bool {
	for _, m := range []*ledger.Manifest{c.account.before, c.account.after} {
		if slices.ContainsFunc(m.Unmeasured, func(u ledger.Unmeasured) bool { return u.What == what }) {
			return true
		}
	}
	return false
}

// each makes findings of the pairs that were found.
func (c *comparison) each(visit func(messagePair) []finding) []finding {
	var all []finding
	for _, p := range c.pairs {
		if p.found != nil {
			all = append(all, visit(p)...)
		}
	}
	return all
}

func (p messagePair) finding(format string, args ...any) []finding {
	f := finding{folder: p.folder, uid: p.item.uid, seq: p.item.seq, text: fmt.Sprintf(format, args...)}
	return []finding{f}
}

// contentLost: a message that must be there is not, or one that was moved
// without a reply is in neither place.
func contentLost(c *comparison) []finding {
	missing := map[*item]bool{}
	for _, p := range c.pairs {
		missing[p.item] = p.found == nil
	}
	var all []finding
	for _, p := range c.pairs {
		switch it := p.item; {
		case p.found != nil:
		case it.exists == yes:
			all = append(all, p.finding("nowhere in the folder")...)
		case it.other != nil && missing[it.other]:
			all = append(all, p.finding("neither where it was nor where a MOVE without a reply would have put it")...)
		}
	}
	return all
}

func contentDamaged(c *comparison) []finding {
	return c.each(func(p messagePair) []finding {
		if p.item.digest == "" || p.found.Digest == p.item.digest {
			return nil
		}
		return p.finding("the text differs: %d bytes now", p.found.Size)
	})
}

// contentSpurious: nobody put it there, and it is none that was removed.
func contentSpurious(c *comparison) []finding {
	var all []finding
	for _, e := range c.extra {
		if e.back == nil {
			all = append(all, e.finding("no operation put it there"))
		}
	}
	return all
}

func (e extraMessage) finding(text string) finding {
	return finding{folder: e.folder, uid: e.found.UID, seq: e.found.Seq, text: text}
}

// flagsLost finds system flags (prefix "\"), or keywords (no prefix), that
// must be set and are not.
func (c *comparison) flagsLost(prefix string) []finding {
	return c.each(func(p messagePair) []finding {
		is := certain(p.found.Flags)
		var all []finding
		for _, f := range slices.Sorted(maps.Keys(p.item.flags)) {
			if p.item.flags[f] == yes && is[f] == no && strings.HasPrefix(f, `\`) == (prefix != "") {
				all = append(all, p.finding("%s is gone", f)...)
			}
		}
		return all
	})
}

func flagSpurious(c *comparison) []finding {
	return c.each(func(p messagePair) []finding {
		if p.item.loose {
			return nil
		}
		var all []finding
		for _, f := range slices.Sorted(maps.Keys(certain(p.found.Flags))) {
			if p.item.flags[f] == no {
				all = append(all, p.finding("%s, which nobody set", f)...)
			}
		}
		return all
	})
}

func internaldateChanged(c *comparison) []finding {
	return c.each(func(p messagePair) []finding {
		if p.item.date == 0 || p.found.Date == p.item.date {
			return nil
		}
		return p.finding("INTERNALDATE moved by %d s", p.found.Date-p.item.date)
	})
}

func (f folderPair) finding(format string, args ...any) finding {
	return finding{folder: f.shelf.name, text: fmt.Sprintf(format, args...)}
}

func folderLost(c *comparison) []finding {
	var all []finding
	for _, f := range c.folders {
		if f.shelf.exists == yes && f.found == nil {
			all = append(all, f.finding("gone with %d messages", len(f.shelf.items)))
		}
	}
	return all
}

func folderRenamed(c *comparison) []finding {
	var all []finding
	for _, f := range c.folders {
		if f.moved {
			all = append(all, f.finding("found as %s", f.found.Name))
		}
	}
	return all
}

// subscriptionsNot finds folders whose subscription is known to be one thing
// and found to be another. A folder that is gone is counted as that.
func (c *comparison) subscriptionsNot(want certainty) []finding {
	var all []finding
	for _, f := range c.folders {
		if f.found == nil || f.moved || f.shelf.subscribed != want || f.found.Subscribed == (want == yes) {
			continue
		}
		text := "not subscribed any more"
		if want == no {
			text = "subscribed, which nobody asked for"
		}
		all = append(all, f.finding("%s", text))
	}
	return all
}

// quotaWrong: a limit that changed, or a usage that is not what is there. Usage
// may be counted in whole KiB of each message.
func quotaWrong(c *comparison) []finding {
	count, bytes := int64(0), int64(0)
	for _, f := range c.account.after.Folders {
		for _, m := range f.Messages {
			count, bytes = count+1, bytes+m.Size
		}
	}
	var all []finding
	for _, was := range c.account.before.Quota {
		i := slices.IndexFunc(c.account.after.Quota, func(q ledger.StoredQuota) bool { return q.Root == was.Root && q.Resource == was.Resource })
		is := ledger.StoredQuota{}
		if i >= 0 {
			is = c.account.after.Quota[i]
		}
		wrong := ""
		switch least, most := bytes/1024, bytes/1024+count+1; {
		case i < 0:
			wrong = "is not told any more"
		case is.Limit != was.Limit:
			wrong = fmt.Sprintf("has the limit %d, had %d", is.Limit, was.Limit)
		case was.Resource == "MESSAGE" && is.Usage != count:
			wrong = fmt.Sprintf("counts %d, there are %d", is.Usage, count)
		case was.Resource == "STORAGE" && (is.Usage < least || is.Usage > most):
			wrong = fmt.Sprintf("counts %d KiB, there are %d", is.Usage, least)
		}
		if wrong != "" {
			all = append(all, finding{text: fmt.Sprintf("quota %s of %q %s", was.Resource, was.Root, wrong)})
		}
	}
	return all
}

func sieveLost(c *comparison) []finding {
	var all []finding
	for _, was := range c.account.before.Scripts {
		if !slices.Contains(c.account.after.Scripts, was) {
			all = append(all, finding{text: fmt.Sprintf("the script %q is gone, changed, or not active any more", was.Name)})
		}
	}
	return all
}
