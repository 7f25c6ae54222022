package exercise

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"maildrill/harness/exercise"
	"maildrill/reports/words"
)

// teller tells of one exercise without blaming anybody.
type teller struct {
	rec   exercise.Record
	log   []exercise.Event
	roles map[string]string // by name
	names *regexp.Regexp    // full names in free text; nil: none
}

const (
	nobody  = "somebody"  // whose role is not known
	machine = "maildrill" // the process that leads
)

func newTeller(rec exercise.Record, log []exercise.Event) *teller {
	t := &teller{rec: rec, log: log, roles: map[string]string{}}
	for _, p := range rec.People {
		for _, name := range []string{p.Acted, p.Name, p.Deputy} {
			t.know(name, p.Role)
		}
	}
	if rec.RollCall != nil {
		for _, c := range rec.RollCall.Calls {
			t.know(c.Person, c.Role)
		}
	}
	for _, s := range rec.Signatures {
		t.know(s.Name, s.Role)
	}
	for _, n := range rec.Notices {
		t.know(n.AnsweredBy, "one of the audience")
	}
	for _, name := range t.others() {
		t.know(name, nobody)
	}
	t.names = full(t.roles)
	return t
}

// others are people who did something without a part of their own.
func (t *teller) others() (names []string) {
	r := t.rec
	for _, n := range r.Notes {
		names = append(names, n.By)
	}
	for _, m := range r.Marks {
		names = append(names, m.By)
	}
	for _, s := range r.Steps {
		names = append(names, s.By)
	}
	for _, f := range r.Findings {
		names = append(names, f.By)
	}
	for _, a := range r.Actions {
		names = append(names, a.Owner)
	}
	for _, a := range r.Risks {
		names = append(names, a.By)
	}
	for _, h := range r.HotWash {
		names = append(names, h.By)
	}
	return names
}

func (t *teller) know(name, role string) {
	name = key(name)
	if _, known := t.roles[name]; !known && name != "" && name != machine {
		t.roles[name] = cmp.Or(words.Plain(role), nobody)
	}
}

func key(name string) string { return strings.ToLower(words.Plain(name)) }

// full finds the names that are of several words. A single word may be any word.
func full(roles map[string]string) *regexp.Regexp {
	var quoted []string
	for name := range roles {
		if strings.Contains(name, " ") {
			quoted = append(quoted, regexp.QuoteMeta(name))
		}
	}
	if len(quoted) == 0 {
		return nil
	}
	slices.SortFunc(quoted, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	return regexp.MustCompile("(?i)" + strings.Join(quoted, "|"))
}

// say is a text that somebody wrote, harmless and without full names.
func (t *teller) say(text string) string {
	text = words.Plain(text)
	if t.names == nil {
		return text
	}
	return t.names.ReplaceAllStringFunc(text, func(name string) string {
		return "[" + cmp.Or(t.roles[key(name)], nobody) + "]"
	})
}

// who is the role of whoever did something.
func (t *teller) who(by, role string) string {
	if role = words.Plain(role); role != "" {
		return role
	}
	if key(by) == machine {
		return machine
	}
	return cmp.Or(t.roles[key(by)], nobody)
}
