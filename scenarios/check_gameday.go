package scenarios

import (
	"fmt"
	"slices"
	"time"
)

// checkGameDay looks for what the schema cannot say.
func (d *Document) checkGameDay(g *GameDay) {
	d.checkDays(g)
	d.checkParts(g)
	d.checkChannels(g)
	d.checkInjects(g)
	d.checkRunbook(g)
	d.checkNotices(g)
	if g.Form == "tabletop" && g.Scenario != "" {
		d.wrong("scenario", "a tabletop takes no scenario: name another form, or leave it out", "")
	}
	if g.Form != "" && g.Form != "tabletop" && !d.has("scenario") {
		d.wrong("form", fmt.Sprintf("a %s exercise needs a scenario; a tabletop does not", g.Form), "")
	}
}

func (d *Document) checkDays(g *GameDay) {
	d.checkDay("plan.reviewed", g.Plan.Reviewed)
	for i, r := range g.Roles {
		d.checkDay(item("roles", i)+".trained", r.Trained)
	}
}

func (d *Document) checkDay(path, day string) {
	if day == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		d.wrong(path, fmt.Sprintf("%s is no day of the calendar", quote(day)), "")
	}
}

// checkParts refuses what audits refuse: somebody who approves what they operate,
// or reviews what they play.
func (d *Document) checkParts(g *GameDay) {
	playing := map[string]string{}
	for i, r := range g.Roles {
		at := item("roles", i)
		switch {
		case r.Name == "" && r.Waived == "":
			d.wrong(at, fmt.Sprintf("nobody plays %s: give a name, or say with `waived` why not", r.Role), "")
		case r.Name != "" && r.Waived != "":
			d.wrong(at+".waived", fmt.Sprintf("%s is played by %s, and waived", r.Role, r.Name), "")
		case r.Deputy != "" && r.Deputy == r.Name:
			d.wrong(at+".deputy", fmt.Sprintf("%s is their own deputy", r.Name), "")
		}
		if before, ok := playing[r.Name+"\x00"+r.Role]; ok && r.Name != "" {
			d.wrong(at, fmt.Sprintf("%s is named as %s before, in %s", quote(r.Name), r.Role, before), "")
		}
		playing[r.Name+"\x00"+r.Role] = at
		d.checkPerson(g, at, r)
	}
	for _, needed := range []string{"operator", "approver"} {
		if d.has("roles") && !slices.ContainsFunc(g.Roles, func(r Role) bool { return r.Role == needed }) {
			d.wrong("roles", fmt.Sprintf("there is no %s: name one, or waive the role with a reason", needed), "")
		}
	}
}

// apart are roles that one person must not have both.
var apart = [][2]string{{"approver", "operator"}, {"reviewer", "player"}, {"reviewer", "operator"}}

func (d *Document) checkPerson(g *GameDay, at string, r Role) {
	for _, pair := range apart {
		if r.Role != pair[0] || r.Name == "" {
			continue
		}
		if slices.ContainsFunc(g.Roles, func(q Role) bool { return q.Role == pair[1] && q.Name == r.Name }) {
			d.wrong(at+".name", fmt.Sprintf("%s is %s and %s: that must be two people", r.Name, pair[0], pair[1]), "")
		}
	}
	if r.Channel != "" {
		d.checkChannelName(g, at+".channel", r.Channel)
	}
}

func (d *Document) checkChannelName(g *GameDay, at, name string) {
	var known []string
	for _, c := range g.Channels {
		known = append(known, c.ID)
	}
	if !slices.Contains(known, name) {
		d.wrong(at, fmt.Sprintf("there is no channel %s", quote(name)), name, known...)
	}
}

// channelNeeds are the keys that a kind of channel cannot do without; of those
// joined by "|" one.
var channelNeeds = map[string][][]string{
	"webhook": {{"url", "url_from"}},
	"ntfy":    {{"url", "url_from"}, {"room"}},
	"matrix":  {{"url", "url_from"}, {"room"}, {"token_from"}},
	"exec":    {{"command"}},
	"email":   {{"provider"}, {"server"}, {"from"}},
}

func (d *Document) checkChannels(g *GameDay) {
	for i, c := range g.Channels {
		at := item("channels", i)
		if slices.IndexFunc(g.Channels, func(q Channel) bool { return q.ID == c.ID }) < i {
			d.wrong(at+".id", fmt.Sprintf("channel %s is there twice", quote(c.ID)), "")
		}
		for _, keys := range channelNeeds[c.Kind] {
			given := 0
			for _, key := range keys {
				if d.has(at + "." + key) {
					given++
				}
			}
			if given != 1 {
				d.wrong(at, fmt.Sprintf("a channel of kind %s needs %s", c.Kind, either(keys)), "")
			}
		}
		if c.Format != "" && c.Kind != "webhook" {
			d.wrong(at+".format", "only a webhook has a format", "")
		}
	}
}

func either(keys []string) string {
	if len(keys) == 1 {
		return "`" + keys[0] + "`"
	}
	return fmt.Sprintf("either `%s` or `%s`", keys[0], keys[1])
}

func (d *Document) checkInjects(g *GameDay) {
	for i, in := range g.Injects {
		at := item("injects", i)
		switch {
		case slices.IndexFunc(g.Injects, func(q Inject) bool { return q.ID == in.ID }) < i:
			d.wrong(at+".id", fmt.Sprintf("inject %s is there twice", quote(in.ID)), "")
		case d.has(at+".at") && len(in.Between) > 0:
			d.wrong(at+".between", "an inject is released `at` a time or `between` two, not both", "")
		case len(in.Between) > 0 && (len(in.Between) != 2 || in.Between[0] >= in.Between[1]):
			d.wrong(at+".between", "`between` is two times, the earlier first: [5m, 20m]", "")
		case in.Step != "" && g.Form == "tabletop":
			d.wrong(at+".step", "a tabletop has no scenario, so there is no step to release", "")
		case in.Text == "" && in.Step == "":
			d.wrong(at, "it neither tells anything (`text`) nor releases a fault (`step`)", "")
		}
		if in.Channel != "" {
			d.checkChannelName(g, at+".channel", in.Channel)
		}
	}
}

func (d *Document) checkRunbook(g *GameDay) {
	var injects []string
	for _, in := range g.Injects {
		injects = append(injects, in.ID)
	}
	for i, s := range g.Runbook {
		at := item("runbook", i)
		if slices.IndexFunc(g.Runbook, func(q RunbookStep) bool { return q.ID == s.ID }) < i {
			d.wrong(at+".id", fmt.Sprintf("step %s is there twice", quote(s.ID)), "")
		}
		if s.After != "" && !slices.Contains(injects, s.After) {
			d.wrong(at+".after", fmt.Sprintf("there is no inject %s", quote(s.After)), s.After, injects...)
		}
		if s.Role != "" && !slices.ContainsFunc(g.Roles, func(r Role) bool { return r.Role == s.Role }) {
			d.wrong(at+".role", fmt.Sprintf("nobody plays %s", s.Role), "")
		}
		if s.Releases != "" && g.Form == "tabletop" {
			d.wrong(at+".releases", "a tabletop has no scenario, so there is no step to release", "")
		}
	}
}

func (d *Document) checkNotices(g *GameDay) {
	for i, n := range g.Notices {
		at := item("notices", i)
		if slices.IndexFunc(g.Notices, func(q Notice) bool { return q.ID == n.ID }) < i {
			d.wrong(at+".id", fmt.Sprintf("notice %s is there twice", quote(n.ID)), "")
		}
		if n.Lead > 0 && n.When != "before" {
			d.wrong(at+".lead", "only a notice before the exercise has a lead", "")
		}
		d.checkChannelName(g, at+".channel", n.Channel)
	}
	for i, l := range g.Levels {
		at := item("levels", i)
		if l.Recovery == 0 && !d.has(at+".availability") {
			d.wrong(at, "nothing was agreed: give `recovery`, `availability` or both", "")
		}
		if d.has(at+".availability") && !l.Availability.Percent {
			d.wrong(at+".availability", "availability is a percentage, \"99.5%\"", "")
		}
	}
}
