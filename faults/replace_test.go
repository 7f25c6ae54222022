package faults_test

import (
	"slices"
	"testing"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

func init() {
	variants = append(variants, variant{"replace", "node.replace", "", false},
		variant{"replace with new volumes", "node.replace", "keep-volumes: false", false})
}

func TestAReplacementThatLiesComesOut(t *testing.T) {
	s := newScene(t, "node.replace", "", faulttest.NewNode("mx1", faulttest.ReplaceSpares))
	s.do(s.fault.Inject)
	if e := s.look(); e.Installed || e.Effective {
		t.Errorf("proven: %+v", e)
	}
}

func TestANodeIsReplacedOnceForEachFault(t *testing.T) {
	n := faulttest.NewNode("mx1")
	s := newScene(t, "node.replace", "keep-volumes: false", n)
	s.do(s.fault.Inject)
	s.do(s.fault.Inject)
	s.do(s.fault.Revert)
	if got := n.Calls(); !slices.Equal(got, []string{"replace false"}) {
		t.Errorf("%v", got)
	}
}

func TestDisksAreNotReplaced(t *testing.T) {
	f, err := kind(t, "node.replace").New(with("keep-volumes: false"))
	if err != nil {
		t.Fatal(err)
	}
	target := faulttest.NewNode("mx1").Target()
	if err := f.(faults.Particular).Check(target); err == nil {
		t.Error("a disk was to be made anew")
	}
	target.Peers[0].Volumes = nil
	if err := f.(faults.Particular).Check(target); err != nil {
		t.Error(err)
	}
}
