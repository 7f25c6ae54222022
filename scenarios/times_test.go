package scenarios

import (
	"os"
	"regexp"
	"testing"
	"time"
)

// The README's example of times is one that the loader takes.
func TestReadmeTimes(t *testing.T) {
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)## Times beside recovery\n.*?```yml\n(.*?)```").FindSubmatch(src)
	if block == nil {
		t.Fatal("no example")
	}
	head := "apiVersion: maildrill/v1\nkind: Scenario\nmetadata: {name: times}\ntopology: primary-backup-mx\n"
	d, problems := Parse("README.md", append([]byte(head), block[1]...))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := *d.Scenario
	s.Fill()
	if s.Users != 1200 || !s.Alerts.Webhook || s.Cycles["backup"].From != "baseline" || len(s.Workload.Views) != 2 || s.Objectives.Detect.By != "alert" ||
		s.Objectives.Late.After != Duration(time.Minute) {
		t.Errorf("%+v", s)
	}
	if d.Scenario.Cycles["backup"].From != "" {
		t.Error("Fill wrote into the document")
	}
	replay(t, d)
}
