package planning

import (
	"fmt"

	"maildrill/harness/action"
	"maildrill/harness/topology"
)

// parts are what the roles are called.
var parts = []struct {
	role topology.Role
	word string
}{{topology.MX, "mail exchanger"}, {topology.Submission, "submission"}, {topology.Store, "mail store"},
	{topology.Balancer, "load balancer"}, {topology.Relay, "a relay of somebody else"}}

// serverWords are for nodes without one of these roles.
var serverWords = map[string]string{"backup": "back-up server", "monitor": "monitoring", "rspamd": "content filter", "filter": "content filter",
	"custom": "another machine", "postfix": "mail server"}

// deeds are what operators do, and on what; what is not here is said by its name.
var deeds = map[string]string{
	"flush": "operators flush the queue of %s", "stop": "operators shut %s down", "start": "operators start %s",
	"restart": "operators restart %s", "upgrade": "operators upgrade %s", "backup": "operators back up %s",
	"restore": "operators restore %s", "promote": "operators make %s the one that is used", "scale-out": "operators add %s",
	"exec": "operators run a script on %s",
}

// deed is what operators do, in a few words.
func deed(s Step) string {
	form, known := deeds[s.Action]
	teller, tells := s.Deed.(action.Teller)
	switch {
	case tells:
		return teller.Tells(enumerated(s.On))
	case s.Action == "announce":
		return fmt.Sprintf("people are told: %q", s.Text())
	case s.Text() != "":
		return fmt.Sprintf("%s %q", s.Action, s.Text())
	case s.Until != nil:
		return fmt.Sprintf("operators %s until %s", s.Action, s.Until.Text)
	case known && len(s.On) > 0:
		return fmt.Sprintf(form, enumerated(s.On))
	case len(s.On) > 0:
		return fmt.Sprintf("operators do %s on %s", s.Action, enumerated(s.On))
	}
	return "operators do " + s.Action
}

// demands are limits as conditions; %s is "nothing" or "at most 1 % of the mail".
var demands = map[string]string{
	"loss": "%s is lost", "duplicates": "%s arrives twice", "damaged": "%s arrives damaged", "misdelivered": "%s reaches a wrong mailbox",
	"notified": "%s is sent back", "unfiltered": "%s reaches a mailbox past the filter", "stored": "%s that was stored is changed", "identity": "%s that names stored mail changes its meaning",
	"loss_during": "%s is lost that was accepted while something was broken",
	"rpo":         "no mail is lost that was accepted more than %g s before", "detect": "the fault is noticed within %g s",
	"capacity": "the full load is carried again within %g s", "drain": "the backlog is gone %g s after the recovery",
}

// kept are those of them that read better where nothing at all is allowed.
var kept = map[string]string{
	"rpo":         "no mail is lost that was accepted before",
	"renewed":     "no folder gets a new UIDVALIDITY, so that readers need not download it again",
	"security":    "what guards the servers holds all the while",
	"backscatter": "no stranger is notified of mail that he has not sent",
}

// serviceWords are the probed services, for people.
var serviceWords = map[string]string{"mx": "taking mail from outside", "submission": "sending by users", "delivery": "delivery", "imap": "reading by IMAP"}
