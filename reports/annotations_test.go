package reports

import (
	"regexp"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
)

func annotated(t *testing.T, wish Wish, all ...record.Record) string {
	t.Helper()
	var runs []Run
	for _, r := range all {
		runs = append(runs, Run{Record: r})
	}
	var out strings.Builder
	if err := Annotations(&out, runs, wish); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Nothing is said of a pass; whatever is none is said.
func TestOnlyAPassIsSilent(t *testing.T) {
	for _, s := range samples {
		said := annotated(t, Wish{}, s.make())
		if want := s.name == "passed" || s.name == "simulated" || s.name == "silent"; (said == "") != want {
			t.Errorf("%s: %q", s.name, said)
		}
	}
	for v, kind := range map[record.Verdict]string{record.Failed: "error", record.Error: "error", record.Aborted: "error", record.Inconclusive: "warning", "": "error", "PASSED": "error"} {
		r := passed()
		r.Verdict = v
		if said := annotated(t, Wish{}, r); !strings.HasPrefix(said, "::"+kind+" ") {
			t.Errorf("verdict %q: %q", v, said)
		}
	}
}

func TestPlaceIsNamed(t *testing.T) {
	place := func(scenario, what string) Place {
		if scenario == "no-backup-mx" && what == "rto.mx" {
			return Place{"drills/a,b:c%.yaml", 17}
		}
		return Place{File: "x"}
	}
	said := annotated(t, Wish{Place: place}, failed())
	for _, want := range []string{"::error file=drills/a%2Cb%3Ac%25.yaml,line=17,title=no-backup-mx%3A rto.mx missed::", "::error file=x,title="} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}
}

// GitHub drops what is beyond ten of a kind; the last one says how many.
func TestAnnotationsAreFew(t *testing.T) {
	r := inconclusive()
	for range 30 {
		r.Objectives = append(r.Objectives, r.Objectives[2], record.Objective{Name: "loss", Verdict: record.Failed})
	}
	said := annotated(t, Wish{}, r)
	if e, w := strings.Count(said, "::error "), strings.Count(said, "::warning "); e != mostAnnotations || w != mostAnnotations {
		t.Errorf("%d errors, %d warnings", e, w)
	}
	if !strings.Contains(said, "::error title=more::22 more") || !strings.Contains(said, "::warning title=more::25 more") {
		t.Errorf("the others are not counted:\n%s", said)
	}
}

func TestAnnotationsAsDeclared(t *testing.T) {
	met := failed()
	met.Expect.Met = true
	if said := annotated(t, Wish{Declared: true}, met, passed()); said != "" {
		t.Errorf("as declared: %q", said)
	}
	r := passed()
	r.Expect = &record.Expect{Verdict: record.Failed}
	if said := annotated(t, Wish{Declared: true}, r); !strings.HasPrefix(said, "::error title=backup-mx-takes-over%3A not as declared::NOT as the scenario expects") {
		t.Errorf("%q", said)
	}
}

// Whatever the texts are, each line is one command of ours.
func TestHostileTextGivesNoCommand(t *testing.T) {
	command := regexp.MustCompile(`^::(error|warning) (file=[^,:]+,(line=\d+,)?)?title=[^,:]*::[^\r\n]*$`)
	escape := regexp.MustCompile(`%(25|3A|2C|0A|0D)`)
	check := func(text string, r record.Record) {
		out := annotated(t, Wish{Place: func(string, string) Place { return Place{text, 3} }}, r)
		for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
			if !command.MatchString(line) || strings.Contains(escape.ReplaceAllString(line, ""), "%") || len(line) > 16<<10 {
				t.Fatalf("%.40q: %.300q", text, line)
			}
		}
		if err := hostile.Printable(out); err != nil {
			t.Fatalf("%.40q: %v", text, err)
		}
	}
	hostile.Records(check)
	check(hostile.Huge(), hostile.Record(hostile.Huge()))
}
