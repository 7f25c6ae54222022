package chronicle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"maildrill/harness/ledger"
)

// Moment is an event worth a line in a table.
type Moment struct {
	N    int     `json:"n"` // number of the event in events.jsonl
	At   float64 `json:"at"`
	Kind string  `json:"kind"`
	Step string  `json:"step,omitempty"`
	Node string  `json:"node,omitempty"`
	Text string  `json:"text"`
}

// Anchor names the event in a document: "e-0412".
func (m Moment) Anchor() string { return fmt.Sprintf("e-%04d", m.N) }

// momentTexts say what happened, by kind of event. Kinds that are not here are
// readings, of which there are many, and which are drawn elsewhere.
var momentTexts = map[string]func(json.RawMessage) string{
	ledger.RunStarted:     fixed("the system is up"),
	ledger.RunEnded:       ended,
	ledger.PhaseBegan:     told(func(p ledger.PhaseStart) string { return "phase " + p.Phase }),
	ledger.FaultRefused:   told(func(r ledger.Refusal) string { return r.Kind + " is refused: " + r.Why }),
	ledger.FaultInjecting: told(func(c ledger.Call) string { return c.Kind + " is being injected" }),
	ledger.FaultInjected:  told(func(c ledger.Call) string { return returned(c, "injected") }),
	ledger.FaultReverting: told(func(c ledger.Call) string { return c.Kind + " is being reverted" }),
	ledger.FaultReverted:  told(func(c ledger.Call) string { return returned(c, "reverted") }),
	ledger.FaultClean:     told(cleaned),
	ledger.ActionBegan:    told(func(c ledger.Call) string { return c.Kind + " begins" }),
	ledger.ActionDone:     told(deedDone),
	ledger.Scanned:        told(scanned),
	ledger.SentinelSeen:   told(sentinel),
	ledger.GuardTripped:   ended,
	ledger.Aborted:        ended,
	ledger.Gap: told(func(g ledger.Stall) string {
		return fmt.Sprintf("the instrument stood still for %.3f s", seconds(g.To-g.From))
	}),
	ledger.Residue:       told(func(l ledger.Leftovers) string { return "left behind: " + strings.Join(l.Items, "; ") }),
	ledger.Salted:        told(salted),
	ledger.Note:          noted,
	ledger.AlertReceived: told(func(a ledger.Alert) string { return "alert " + a.Status + ": " + cmp.Or(a.Name, a.Text) }),
	ledger.HealthSeen:    told(health),
}

// momentOf gives an event its line. What cannot be understood is shown as it is.
func momentOf(e ledger.Event) (Moment, bool) {
	text, ok := momentTexts[e.Kind]
	if !ok {
		return Moment{}, false
	}
	return Moment{N: e.N, At: seconds(e.At), Kind: cut(e.Kind, TextMost), Step: cut(e.Step, TextMost), Node: cut(e.Node, TextMost),
		Text: cut(strings.TrimRight(strings.TrimSpace(text(e.Data)), ": "), TextMost)}, true
}

func fixed(text string) func(json.RawMessage) string {
	return func(json.RawMessage) string { return text }
}

func told[T any](say func(T) string) func(json.RawMessage) string {
	return func(raw json.RawMessage) string {
		var data T
		if err := json.Unmarshal(raw, &data); err != nil {
			return string(raw)
		}
		return say(data)
	}
}

func ended(raw json.RawMessage) string {
	return told(func(e ledger.Ending) string {
		text := e.How
		if e.Why != "" {
			text += ": " + e.Why
		}
		if e.Dirty {
			text += " (dirty)"
		}
		return text
	})(raw)
}

// noted is a note of a person, or of the instrument.
func noted(raw json.RawMessage) string {
	return told(func(n struct {
		ledger.Ending
		Note string `json:"note"`
		Text string `json:"text"`
	}) string {
		return cmp.Or(n.Note, n.Text, strings.Trim(n.How+": "+n.Why, ": "), string(raw))
	})(raw)
}

func returned(c ledger.Call, done string) string {
	if c.Error != "" {
		return c.Kind + " failed: " + c.Error
	}
	return fmt.Sprintf("%s is %s, after %.3f s", c.Kind, done, seconds(c.Ended-c.Began))
}

func deedDone(d ledger.Deed) string {
	said := returned(d.Call, cmp.Or(d.Result, "done"))
	if d.Error != "" && d.Result != "" {
		said = fmt.Sprintf("%s: %s: %s", d.Kind, d.Result, d.Error)
	}
	if d.By != "" {
		said += ", acknowledged by " + d.By
	}
	return said
}

func cleaned(p ledger.Proof) string {
	switch {
	case p.Error != "":
		return "it could not be looked whether it is gone: " + p.Error
	case p.Installed || p.Effective:
		return "it is NOT gone: " + p.Detail
	}
	return "it is gone: " + p.Detail
}

func scanned(s ledger.ScanResult) string {
	text := fmt.Sprintf("scan %d: %d messages in %d mailboxes", s.Scan, s.Messages, s.Mailboxes)
	if len(s.Unread) > 0 {
		text += "; NOT read: " + strings.Join(s.Unread, "; ")
	}
	return text
}

func sentinel(s ledger.Sentinel) string {
	switch {
	case s.Error != "":
		return s.Path + ": the sentinel failed: " + s.Error
	case s.Arrived == 0:
		return s.Path + ": the sentinel did NOT arrive"
	}
	return fmt.Sprintf("%s: the sentinel arrived after %.3f s", s.Path, seconds(s.Arrived-s.Sent))
}

func salted(s ledger.Salting) string {
	if s.Error != "" {
		return "anomalies could not be planted: " + s.Error
	}
	return fmt.Sprintf("%d messages planted, to see whether the judge finds them", s.Placed)
}

func health(h ledger.Health) string {
	if h.Healthy {
		return "healthy: " + h.Detail
	}
	return "NOT healthy: " + h.Detail
}
