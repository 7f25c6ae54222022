package exercise

import (
	"fmt"
	"slices"
	"strings"
)

// Roles that do things. A player acts on the mail system, an observer on nothing.
const (
	operator    = "operator"
	owner       = "owner"
	approver    = "approver"
	coordinator = "coordinator"
	safety      = "safety-officer"
	scribe      = "scribe"
	player      = "player"
	comms       = "comms-lead"
	business    = "business-owner"
	reviewer    = "reviewer"
	machine     = "maildrill" // the leading process itself
)

// active are all but observers and auditors, who read and nothing else.
var active = []string{operator, owner, approver, coordinator, safety, scribe, player, comms, business, reviewer}

var leading = []string{operator, owner, coordinator}

// rights says who may do what. Stopping is for everybody who is active.
var rights = map[string][]string{
	CardAnswered:   {operator, owner, approver, coordinator, safety},
	RollCalled:     {operator, owner, coordinator, comms},
	NoticeSent:     {operator, owner, coordinator, comms},
	InjectAsked:    leading,
	StepChanged:    {operator, coordinator, scribe, player, comms, owner, safety},
	Marked:         active,
	Noted:          active,
	Said:           {operator, owner, coordinator, comms, safety},
	Judged:         {operator, owner, coordinator, reviewer, business},
	Found:          active,
	ActionChanged:  {operator, owner, coordinator, reviewer, business},
	RiskAccepted:   {owner, business},
	Debriefed:      active,
	Rated:          {owner, coordinator, reviewer, scribe, operator},
	SignedOff:      {owner, approver, reviewer, business},
	RollAnswered:   nil, // whoever has the code
	NoticeAnswered: nil,
}

// moveRights says who may bring the exercise into a state.
var moveRights = map[State][]string{
	Approved:  {approver, owner},
	Briefed:   leading,
	Go:        {approver, owner, coordinator},
	Running:   leading,
	Hold:      {operator, owner, coordinator, safety},
	Stopped:   active,
	Recovered: leading,
	Debrief:   active,
	Signed:    {owner, approver, reviewer, business},
	Closed:    {owner, coordinator, operator},
}

// RightError refuses what a role may not do.
type RightError struct {
	Actor Actor
	What  string
	May   []string
}

func (e *RightError) Error() string {
	return fmt.Sprintf("%s, as %s, may not %s; that is for %s", e.Actor.Name, e.Actor.Role, e.What, strings.Join(e.May, ", "))
}

// May tells whether somebody may do a thing; to is the state that a move leads to.
func May(who Actor, kind string, to State) error {
	may, what := rights[kind], kind
	if kind == StateChanged {
		may, what = moveRights[to], commands[to]
	}
	if who.Role == machine || may == nil && (kind == RollAnswered || kind == NoticeAnswered) {
		return nil
	}
	if slices.Contains(may, who.Role) {
		return nil
	}
	return &RightError{who, what, may}
}

// Machine is the actor of what the leading process does by itself.
func Machine() Actor { return Actor{Name: machine, Role: machine, Via: "leader"} }

// Part finds the role in which somebody acts: the one that is asked for, or the
// first one they have.
func (r Record) Part(name, role string) (Actor, error) {
	var names []string
	for _, p := range r.People {
		if p.named(name) && (role == "" || role == p.Role) {
			return Actor{Name: name, Role: p.Role}, nil
		}
		if p.Name != "" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	if role != "" {
		return Actor{}, fmt.Errorf("%s is not %s of this exercise, nor the deputy", name, role)
	}
	return Actor{}, fmt.Errorf("%s has no part in this exercise; say with --by who you are: %s", name, strings.Join(names, ", "))
}

// Parts are the roles that somebody has, as themselves or as a deputy.
func (r Record) Parts(name string) (roles []string) {
	for _, p := range r.People {
		if p.named(name) {
			roles = append(roles, p.Role)
		}
	}
	return roles
}
