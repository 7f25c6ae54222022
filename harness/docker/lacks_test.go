package docker

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"maildrill/faults"
	"maildrill/harness/topology"
)

func TestOnlyWhatAHostMayLackIsTried(t *testing.T) {
	got := needed([]string{"state", "visit", "packets", "limits", "names"})
	if !slices.Equal(got, []string{"packets", "limits"}) {
		t.Errorf("needed = %v", got)
	}
}

func TestALackSaysWhatToChange(t *testing.T) {
	if err := lacking(nil); err != nil {
		t.Errorf("nothing is lacking, and %v", err)
	}
	err := lacking(map[string]string{"packets": "no such file or directory", "limits": "read-only file system"})
	var u *topology.Unavailable
	if !errors.As(err, &u) {
		t.Fatalf("%v is not the environment's", err)
	}
	for _, want := range []string{"packets (no such file", "limits (read-only"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
	for _, want := range []string{"nf_tables", "cgroup", "maildrill doctor"} {
		if !strings.Contains(u.Remedy, want) {
			t.Errorf("%q is missing in the remedy: %s", want, u.Remedy)
		}
	}
}

// Every mechanism of a host has faults that need it, and the doctor names them.
func TestADoctorNamesWhatIsLeftOut(t *testing.T) {
	for _, w := range hostMechanisms {
		for _, m := range w.mechanisms {
			if len(leavesOut(faults.Ability(m))) == 0 {
				t.Errorf("no fault needs %s", m)
			}
		}
	}
	if c := checked("x", "seen", nil, "").without([]string{"net.loss"}); c.LeavesOut != nil {
		t.Errorf("what works leaves out %v", c.LeavesOut)
	}
	if c := checked("x", "", errors.New("no"), "").without([]string{"net.loss"}); len(c.LeavesOut) != 1 {
		t.Errorf("what fails leaves out %v", c.LeavesOut)
	}
}
