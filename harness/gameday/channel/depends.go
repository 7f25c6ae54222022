package channel

import (
	"slices"
	"strings"
)

// need is what something cannot do without, although the file does not say so.
type need struct {
	on, because string
	// perhaps: some are set up otherwise, so it is a warning.
	perhaps bool
}

// implied is the table of what needs what.
var implied = map[string][]need{
	"login":            {{"directory", "a log-in asks the directory", false}},
	"sso":              {{"directory", "a log-in asks the directory", false}},
	"oidc":             {{"sso", "it is a way to log in", false}},
	"saml":             {{"sso", "it is a way to log in", false}},
	"ldap":             {{"directory", "it is the directory's protocol", false}},
	"active-directory": {{"directory", "it is a directory", false}},
	"radius":           {{"directory", "it asks the directory", true}},
	"vpn":              {{"directory", "most ask the directory who may come in", true}},
	"webmail":          {{"mail", "it shows the mailboxes", false}},
	"email":            {{"mail", "it is mail", false}},
	"internal-dns":     {{"dns", "it is the resolver of the house", false}},
}

// meets says which of the broken things a dependency needs, and why. Perhaps is
// true for one that others have set up otherwise.
func (r Radius) meets(on string) (broken, why string, perhaps bool) {
	type step struct {
		on, why string
		perhaps bool
	}
	seen := map[string]bool{}
	for todo := []step{{on: on}}; len(todo) > 0; todo = todo[1:] {
		s := todo[0]
		if seen[s.on] {
			continue
		}
		seen[s.on] = true
		if broken, why := r.direct(s.on); broken != "" {
			return broken, strings.TrimPrefix(s.why+", and "+why, ", and "), s.perhaps
		}
		for _, n := range implied[s.on] {
			why := strings.TrimPrefix(s.why+", and "+s.on+" needs "+n.on+": "+n.because, ", and ")
			todo = append(todo, step{n.on, why, s.perhaps || n.perhaps})
		}
	}
	return "", "", false
}

// direct compares without the table.
func (r Radius) direct(on string) (broken, why string) {
	kind, name, named := strings.Cut(on, ":")
	switch {
	case !named:
		return r.word(domain(on))
	case kind == "mail":
		broken, why = r.mail(name)
	case kind == "dns":
		if z, ok := first(r.Zones, func(z string) bool { return within(name, z) || within(z, name) }); ok {
			return "dns:" + z, "the exercise breaks the zone " + z
		}
	case kind == "node":
		if n, ok := first(r.Nodes, func(n string) bool { return domain(n) == domain(name) }); ok {
			return "node:" + n, n + " is a node of the drill"
		}
	}
	if broken == "" && slices.Contains(r.Words, kind) { // all of it is down
		return kind, "the exercise breaks " + kind
	}
	return broken, why
}

func (r Radius) word(on string) (broken, why string) {
	switch {
	case slices.Contains(r.Words, on):
		return on, "the exercise breaks " + on
	case on == "mail" && len(r.Mail) > 0:
		return "mail:" + r.Mail[0], "the exercise breaks mail of " + r.Mail[0]
	case on == "dns" && len(r.Zones) > 0:
		return "dns:" + r.Zones[0], "the exercise breaks the zone " + r.Zones[0]
	}
	return "", ""
}
