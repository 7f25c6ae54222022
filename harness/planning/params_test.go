package planning_test

import (
	"strings"
	"testing"

	"maildrill/faults"
)

// Parameters that are documented can be written in a scenario.
func TestEveryDocumentedParameterIsReadFromAScenario(t *testing.T) {
	for _, k := range faults.Catalogue {
		for _, p := range k.Params {
			if p.Default == "(required)" {
				continue
			}
			step := "fault: " + k.ID + ", with: {" + p.Name + ": " + p.Default + "}"
			found := mistakes(t, strings.Replace(cut, "fault: storage.power-cut", step, 1), nil)
			if strings.Contains(found, "unknown key") || strings.Contains(found, "there are none") {
				t.Errorf("%s of %s: %s", p.Name, k.ID, found)
			}
		}
	}
	if found := mistakes(t, strings.Replace(cut, "storage.power-cut", "net.loss, with: {unheard: of}", 1), nil); !strings.Contains(found, "unknown key") {
		t.Errorf("an unknown parameter: %s", found)
	}
}
