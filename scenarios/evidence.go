package scenarios

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// Evidence is what only people know about a drill: see the evidence fields
// E01 to E29 of package controls. An audit drill needs some of it, which is for
// the compiler to say.
type Evidence struct {
	Exercise       string        `yaml:"exercise"`
	Environment    string        `yaml:"environment"` // replica, staging or production
	Differences    []string      `yaml:"differences"` // from production
	Exclusions     []string      `yaml:"exclusions"`
	Basis          Basis         `yaml:"basis"`
	Objectives     Mandate       `yaml:"objectives"`
	Participants   []Participant `yaml:"participants"`
	Authorisation  Authorisation `yaml:"authorisation"`
	Classification string        `yaml:"classification"`
}

// Basis names the documents that the drill rests on.
type Basis struct {
	BIA         string `yaml:"bia"`
	Risk        string `yaml:"risk"`
	Plan        string `yaml:"plan"`
	PlanVersion string `yaml:"plan_version"`
	Runbook     string `yaml:"runbook"`
}

// Mandate says whose the objectives are.
type Mandate struct {
	Owner    string `yaml:"owner"`
	Approved string `yaml:"approved"` // a day, 2026-03-01
	Source   string `yaml:"source"`
}

// Participant is one person.
type Participant struct {
	Role         string `yaml:"role"`
	Name         string `yaml:"name"`
	Organisation string `yaml:"organisation"`
	Attended     *bool  `yaml:"attended"` // nil: not said
}

// Authorisation is the decision to run the drill.
type Authorisation struct {
	Approver    string `yaml:"approver"`
	Change      string `yaml:"change"`
	BlastRadius string `yaml:"blast_radius"`
	Abort       string `yaml:"abort"`
}

// EvidenceFile is evidence in a file of its own: names differ from one
// execution to the next, the scenario does not.
type EvidenceFile struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"` // Evidence
	Evidence   Evidence `yaml:"evidence"`
}

// EvidenceTemplate is a file of evidence to fill in.
//
//go:embed evidence_template.yaml
var EvidenceTemplate []byte

// checkEvidence looks for what the schema cannot say.
func (d *Document) checkEvidence(e *Evidence) {
	if e == nil {
		return
	}
	if day := e.Objectives.Approved; day != "" {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			d.wrong("evidence.objectives.approved", fmt.Sprintf("%s is no day of the calendar", quote(day)), "")
		}
	}
	for i, p := range e.Participants {
		if slices.IndexFunc(e.Participants, func(q Participant) bool { return q.Role == p.Role && q.Name == p.Name }) < i && p.Role != "" {
			d.wrong(item("evidence.participants", i), fmt.Sprintf("%s is named as %s before", quote(p.Name), p.Role), "")
		}
	}
}

// supply puts the evidence of a file of its own into the tree, before it is
// decoded. A key of that file takes the place of the whole key: an approver of
// the one file and a change of the other would be a decision that nobody took.
// Its values keep the positions that they have in their own file.
func (d *Document) supply(from *Document) {
	if from == nil || from.root == nil {
		return
	}
	given, _ := find(from.root, "evidence")
	old, written := find(d.root, "evidence")
	if given.value == nil || given.value.Kind != yaml.MappingNode || written && old.value.Kind != yaml.MappingNode {
		return // reported where it stands
	}
	o := override{from: from}
	key, value := d.graft(given.key, o), d.graft(given.value, o)
	for _, e := range entries(old.value) {
		if _, again := find(value, e.key.Value); !again {
			value.Content = append(value.Content, e.key, e.value)
		}
	}
	for i := 0; i+1 < len(d.root.Content); i += 2 {
		if d.root.Content[i] == old.key {
			d.root.Content[i], d.root.Content[i+1] = key, value
			return
		}
	}
	d.root.Content = append(d.root.Content, key, value)
}

// graft copies a tree of another file and remembers where it came from.
func (d *Document) graft(n *yaml.Node, o override) *yaml.Node {
	c := *n
	c.Content = nil
	d.origins[&c] = o
	for _, child := range n.Content {
		c.Content = append(c.Content, d.graft(child, o))
	}
	return &c
}
