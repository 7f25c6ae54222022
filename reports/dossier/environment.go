package dossier

import (
	"cmp"
	"fmt"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// environment is what exactly ran: images, addresses, the scenario as run.
func environment(s Source) Section {
	r := s.Record
	section := Section{ID: "environment", Title: "Environment", Folded: true}
	section.Blocks = []Block{Facts{Facts: []Fact{
		{Name: "scenario", Value: words.Name(r), Mono: true},
		{Name: "sha256 of the scenario", Value: cmp.Or(words.Plain(r.Scenario.SHA256), "not known"), Mono: true},
		{Name: "causes", Value: cmp.Or(words.List(r.Scenario.Causes), "none named")},
		{Name: "counter-measures", Value: cmp.Or(words.List(r.Scenario.Mitigations), "none named")},
		{Name: "tags", Value: cmp.Or(words.List(r.Scenario.Tags), "none")},
	}}}
	if len(r.Environment) > 0 {
		section.Blocks = append(section.Blocks, mapTable("environment-lock", "What ran", "what", r.Environment))
	}
	if s.Scenario != "" {
		section.Blocks = append(section.Blocks, Paragraph{Text: "The scenario as run, with every default filled in:"}, Code{Text: excerpt(s.Scenario)})
	}
	return section
}

// longestScenario bounds what is printed of a scenario, in lines and in bytes a
// line.
const (
	longestScenario = 400
	longestLine     = 300
)

// excerpt makes a text of several lines harmless and bounded.
func excerpt(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	left := max(0, len(lines)-longestScenario)
	lines = lines[:len(lines)-left]
	for i, line := range lines {
		body := strings.TrimLeft(line, " ")
		indent := min(len(line)-len(body), 40)
		lines[i] = strings.Repeat(" ", indent) + words.Cut(words.Plain(body), longestLine)
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("# %d more lines are in scenario.yaml", left))
	}
	return strings.Join(lines, "\n")
}

// integrity says how to make sure that nothing was changed, and who stands for
// the report.
func integrity(s Source) Section {
	r := s.Record
	run := cmp.Or(words.Plain(r.Run.ID), "RUN")
	facts := []Fact{
		{Name: "run", Value: run, Mono: true},
		{Name: "sha256 of record.json", Value: digest(s.JSON), Mono: true},
	}
	return Section{ID: "integrity", Title: "Integrity and sign-off", Blocks: []Block{
		Facts{Facts: append(facts, register(r)...)},
		Paragraph{Text: "This report is made from record.json, the ledger and the events of the run alone. record.json is inside of this report. To check every number, digest and signature of the run folder, and to sign for it:"},
		Code{Text: "maildrill verify " + run + "\nmaildrill sign " + run + " --role reviewer"},
		signOff(),
	}}
}

// signOff has room for those who sign on paper. Signatures that can be checked
// lie beside the record, under signoff/.
func signOff() Table {
	t := Table{ID: "sign-off", Caption: "Sign-off on paper; signatures that can be checked are in signoff/ of the run folder",
		Head: []Column{{Title: "role"}, {Title: "name", Share: 2}, {Title: "date"}, {Title: "signature", Share: 2}}}
	for _, role := range []string{"owner of the objectives", "operator", "reviewer, who is neither"} {
		t.Rows = append(t.Rows, []Cell{{Text: role}, {}, {}, {}})
	}
	return t
}

// register is the place of the run among all runs. The paper is a witness: who
// keeps it can tell later whether the register still has this state.
func register(r record.Record) []Fact {
	at := r.Run.Register
	if at == nil {
		return []Fact{{Name: "run register", Value: "not registered: nothing shows that no other run was left out", Tone: Open}}
	}
	return []Fact{
		{Name: "run register", Value: words.Plain(at.Origin), Mono: true},
		{Name: "index, taken before the first fault", Value: fmt.Sprint(at.Index), Mono: true},
		{Name: "size and root with it", Value: fmt.Sprintf("%d %s", at.Size, words.Plain(at.Root)), Mono: true},
	}
}
