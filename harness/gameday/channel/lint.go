package channel

import (
	"fmt"
	"slices"

	"maildrill/scenarios"
)

// Severity says if the exercise may begin all the same.
type Severity string

// An error is a channel, contact or runbook that is down when it is needed.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is something in the file that will not work, or may not.
type Finding struct {
	Severity Severity `json:"severity"`
	Path     string   `json:"path"` // in the file: channels[0].url
	Problem  string   `json:"problem"`
	Why      string   `json:"why"`
	Instead  string   `json:"instead"`
}

// Lint finds what would be down with the exercise. It opens no channel and reads
// no secret, so the host of an address in url_from is not seen.
func Lint(g scenarios.GameDay, r Radius) []Finding {
	l := linter{game: g, radius: r}
	l.plan()
	l.roles()
	for i, c := range g.Channels {
		l.channel(fmt.Sprintf("channels[%d]", i), c)
	}
	return l.found
}

type linter struct {
	game   scenarios.GameDay
	radius Radius
	found  []Finding
}

func (l *linter) add(s Severity, path, problem, why, instead string) {
	l.found = append(l.found, Finding{s, path, problem, why, instead})
}

func (l *linter) plan() {
	const instead = "keep a copy that needs none of it: on paper, or on a host outside"
	for _, u := range addressesIn(l.game.Plan.Runbook) {
		if broken, why := l.radius.host(u.Hostname()); broken != "" {
			l.add(Error, "plan.runbook", "the runbook cannot be read: it needs "+broken, why, instead)
		}
	}
	for _, address := range mailIn(l.game.Plan.Runbook) {
		if broken, why := l.radius.mail(domainOf(address)); broken != "" {
			l.add(Error, "plan.runbook", "the runbook lies in mail that is down: "+broken, why, instead)
		}
	}
	for i, on := range l.game.Plan.DependsOn {
		if broken, why, perhaps := l.radius.meets(on); broken != "" {
			l.add(severity(perhaps), fmt.Sprintf("plan.depends_on[%d]", i), "the runbook cannot be read: "+reason(on, broken), why, instead)
		}
	}
}

func severity(perhaps bool) Severity {
	if perhaps {
		return Warning
	}
	return Error
}

func reason(on, broken string) string {
	if on == broken {
		return "it needs " + on + ", which is down"
	}
	return "it needs " + on + ", and " + broken + " is down"
}

func (l *linter) roles() {
	var used []string
	contacts := 0
	for i, role := range l.game.Roles {
		switch {
		case role.Waived != "":
		case role.Channel == "":
			l.add(Warning, fmt.Sprintf("roles[%d]", i), fmt.Sprintf("the %s has no channel", role.Role),
				"no roll-call and no stop reaches that person", "give `channel` and `address`")
		default:
			contacts++
			if !slices.Contains(used, role.Channel) {
				used = append(used, role.Channel)
			}
			l.contact(fmt.Sprintf("roles[%d].address", i), role)
		}
	}
	if contacts > 1 && len(used) == 1 {
		l.add(Warning, "roles", fmt.Sprintf("all %d contacts are on the channel %s", contacts, used[0]),
			"if it fails nobody is reached", "put somebody who decides on a second channel, such as a telephone")
	}
}

// contact looks at where a person is reached.
func (l *linter) contact(path string, role scenarios.Role) {
	i := slices.IndexFunc(l.game.Channels, func(c scenarios.Channel) bool { return c.ID == role.Channel })
	if i < 0 {
		return // the check of the file says so
	}
	byMail := l.game.Channels[i].Kind == "email"
	if byMail && role.Address == "" {
		l.add(Error, path, fmt.Sprintf("the %s has no e-mail address", role.Role), "e-mail reaches nobody without", "give one at the provider")
		return
	}
	for _, address := range mailIn(role.Address) {
		broken, why := l.radius.mail(domainOf(address))
		switch {
		case broken == "":
		case byMail:
			l.add(Error, path, fmt.Sprintf("the %s is reached by mail that is down: %s", role.Role, broken), why, "give an address elsewhere, or another channel")
		default:
			l.add(Warning, path, fmt.Sprintf("the %s has an e-mail address in %s, which is down", role.Role, broken), why,
				"if the channel turns it into e-mail give a number or another name; else there is nothing to do")
		}
	}
}
