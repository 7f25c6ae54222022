package faults_test

import (
	"slices"
	"testing"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

func init() { variants = append(variants, variant{"a site", "site.down", "", false}) }

func TestASiteWithoutDisksLosesNoPowerOfDisks(t *testing.T) {
	for _, disks := range []bool{true, false} {
		n := faulttest.NewNode("mx1")
		s := newScene(t, "site.down", "", n)
		if !disks {
			s.target.Peers[0].Volumes = nil
		}
		s.do(s.fault.Inject)
		if e := s.look(); !e.Installed || !e.Effective {
			t.Errorf("disks %v: not proven: %+v", disks, e)
		}
		if got := slices.Contains(n.Calls(), "cut power"); got != disks {
			t.Errorf("disks %v: %v", disks, n.Calls())
		}
		s.do(s.fault.Revert)
	}
	if k := kind(t, "site.down"); k.Takes(faults.AtNode) || !k.Takes(faults.AtSite) {
		t.Error("site.down is aimed at a site and nothing else")
	}
}

func TestSitesThatLieComeOut(t *testing.T) {
	for _, lie := range []faulttest.Lie{faulttest.KillSpares, faulttest.DropSpares, faulttest.PowerSpares} {
		s := newScene(t, "site.down", "", faulttest.NewNode("mx1", lie))
		s.do(s.fault.Inject)
		if e := s.look(); e.Installed && e.Effective {
			t.Errorf("proven although %s: %+v", lie, e)
		}
	}
}
