package programme

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"maildrill/scenarios"
	"maildrill/scenarios/suites"
)

// Plan is a programme whose names are resolved and whose dates are worked out.
type Plan struct {
	// Path is the file that it was read from.
	Path string

	file        *scenarios.Programme
	zone        *time.Location
	from, until time.Time // days on the wall clock
	freezes     []span
	names       map[string][]string // of what an item drills, by item
	all         []Occurrence
}

// Of resolves the names of a programme and works out its dates. What cannot be
// found is in the problems, each with its position; there is no plan then.
func Of(doc *scenarios.Document) (*Plan, scenarios.Problems) {
	f := doc.Programme
	p := &Plan{Path: doc.File, file: f, names: map[string][]string{}}
	var err error
	if p.zone, err = time.LoadLocation(f.Timezone); err != nil {
		return nil, scenarios.Problems{doc.Problem("timezone", err.Error(), "")}
	}
	p.from, _ = time.Parse(time.DateOnly, f.From)
	p.until, _ = time.Parse(time.DateOnly, f.Until)
	p.freezes = freezes(f, p.zone)
	problems := p.resolve(doc)
	if len(problems) > 0 {
		return nil, problems
	}
	for _, it := range f.Items {
		p.all = append(p.all, p.dates(it)...)
	}
	return p, nil
}

// File is what the plan was made of.
func (p *Plan) File() *scenarios.Programme { return p.file }

// Zone is the time zone in which the programme is written.
func (p *Plan) Zone() *time.Location { return p.zone }

// Names are the scenarios, or the game day, that an item stands for.
func (p *Plan) Names(item string) []string { return p.names[item] }

// resolve finds out what each item drills.
func (p *Plan) resolve(doc *scenarios.Document) (problems scenarios.Problems) {
	library := sync.OnceValue(scenarios.Library)
	for i, it := range p.file.Items {
		at := fmt.Sprintf("items[%d].drill", i)
		names, err := p.subjects(it, library)
		var unknown *suites.Unknown
		switch {
		case errors.As(err, &unknown):
			found := doc.Problem(at, err.Error()+"; `maildrill list suites` shows all", unknown.Name, unknown.Valid...)
			found.Valid = nil
			problems = append(problems, found)
		case err != nil:
			problems = append(problems, doc.Problem(at, err.Error(), ""))
		}
		p.names[it.ID] = names
	}
	return problems
}

func (p *Plan) subjects(it scenarios.ProgrammeItem, library func() []scenarios.Entry) (names []string, err error) {
	if suite, ok := it.Suite(); ok {
		members, err := suites.Pick(library(), suite)
		for _, e := range members {
			names = append(names, e.Name)
		}
		return names, err
	}
	subject := it.Subject()
	if !isFile(subject) {
		return []string{subject}, nil
	}
	doc, problems, err := scenarios.Load(p.Beside(subject))
	switch {
	case it.GameDay != "" && (err != nil || doc == nil || doc.GameDay == nil):
		// People hold it, whether its file is written yet or not.
		return []string{strings.TrimSuffix(filepath.Base(subject), filepath.Ext(subject))}, nil
	case err != nil:
		return nil, err
	case it.GameDay != "":
		return []string{doc.GameDay.Metadata.Name}, nil
	case len(problems) > 0:
		return nil, fmt.Errorf("%s has mistakes; `maildrill validate` shows them", subject)
	case doc.Scenario == nil:
		return nil, fmt.Errorf("%s is no scenario", subject)
	}
	return []string{doc.Scenario.Metadata.Name}, nil
}

// Beside is the path of a file that the programme names.
func (p *Plan) Beside(name string) string {
	if !isFile(name) || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(p.Path), name)
}

// isFile tells the path of a file from a name of the library.
func isFile(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}
