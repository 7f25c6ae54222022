package faults_test

import (
	"strings"
	"testing"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// onVolumes are the kinds that act on volumes, each with parameters.
var onVolumes = []struct{ kind, with string }{
	{"storage.full", ""}, {"storage.full", "free: 4096"}, {"storage.inodes", ""}, {"storage.readonly", ""},
	{"storage.io-error", ""}, {"storage.slow", "delay: 20ms"}, {"storage.disk-lost", ""}, {"storage.disk-lost", "lasting: true"}, {"storage.unmounted", "volume: mail"},
	{"storage.corrupt", "what: index"}, {"storage.permissions", "mode: \"0600\""}, {"storage.delete", "path: u1"}, {"storage.ransom", "rate: 5"},
	{"storage.delete", "{path: u1, lasting: true}"}, {"storage.ransom", "lasting: true"}, {"storage.corrupt", "{what: message, lasting: true}"},
	{"storage.rollback", ""}, {"storage.rollback", "to: 20s"},
}

func init() {
	required["storage.corrupt"], required["storage.delete"] = "what: index", "path: u1"
	for _, v := range onVolumes {
		variants = append(variants, struct {
			name, kind, with string
			supervised       bool
		}{v.kind + " " + v.with, v.kind, v.with, false})
	}
}

func TestLiesAboutVolumesComeOut(t *testing.T) {
	for _, v := range onVolumes {
		liesAboutRulesComeOut(t, v.kind+" "+v.with, func(t *testing.T, lie faulttest.Lie) *scene {
			return newScene(t, v.kind, v.with, faulttest.NewNode("mx1", lie))
		})
	}
}

// Only volumes with a size are ever touched.
func TestVolumesThatDoNotFitAreRefused(t *testing.T) {
	for _, c := range []struct {
		kind, with string
		volumes    []faults.Volume
		want       string
	}{
		{"storage.full", "", nil, "no volume with a size"},
		{"storage.full", "", []faults.Volume{{Name: "mail"}}, "no volume with a size"},
		{"storage.full", "volume: queue", []faults.Volume{{Name: "mail", Size: 1 << 26}}, `no volume "queue"`},
		{"storage.full", "", []faults.Volume{{Name: "mail", Size: 1 << 26}, {Name: "queue", Size: 1 << 26}}, "name one"},
		{"storage.full", "free: 33554432", []faults.Volume{{Name: "mail", Size: 1 << 26}}, "cannot be left free"},
		{"storage.full", "free: 9223372036854775807", []faults.Volume{{Name: "mail", Size: 1 << 26}}, "cannot be left free"},
		{"storage.full", "free: 4611686018427387904", []faults.Volume{{Name: "mail", Size: 1 << 26}}, "cannot be left free"},
		{"storage.inodes", "", []faults.Volume{{Name: "mail", Type: "xfs", Size: 1 << 29}}, "XFS"},
		{"storage.corrupt", "what: message", nil, "no volume with a size"},
		{"storage.inodes", "", []faults.Volume{{Name: "mail", Type: "ext4", Size: 1 << 26}}, ""},
	} {
		f, err := kind(t, c.kind).New(with(c.with))
		if err != nil {
			t.Fatal(err)
		}
		p, ok := f.(faults.Particular)
		if !ok {
			t.Fatalf("%s checks no target", c.kind)
		}
		n := faulttest.NewNode("mx1")
		err = p.Check(faults.Target{Node: n, Peers: []faults.Peer{{Name: "mx1", Volumes: c.volumes}}})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s: %v, want %q", c.kind, c.with, err, c.want)
		}
	}
}

func TestParametersOfVolumesAreChecked(t *testing.T) {
	for kindID, all := range map[string][]string{
		"storage.full":        {"free: -1"},
		"storage.io-error":    {"share: 0%"},
		"storage.slow":        {"delay: 1ms", "delay: 2m"},
		"storage.corrupt":     {"", "what: nothing", "{what: index, bytes: 0}"},
		"storage.permissions": {"path: ../etc", "mode: rwx", "owner: -1", "group: 4294967296"},
		"storage.delete":      {"", "path: .", "path: /etc", "path: ../x"},
		"storage.ransom":      {"rate: 0"},
		"storage.rollback":    {"to: yesterday", "to: 0s", "to: -5s"},
	} {
		for _, text := range all {
			if _, err := kind(t, kindID).New(with(text)); err == nil {
				t.Errorf("%s takes %q", kindID, text)
			}
		}
	}
}

// Fewer files than were asked for are not the fault that was asked for.
func TestDamagedFilesAreCounted(t *testing.T) {
	for with, within := range map[string]bool{"what: message": true, "{what: message, files: 3}": false} {
		s := newScene(t, "storage.corrupt", with, faulttest.NewNode("mx1")) // which has one
		s.do(s.fault.Inject)
		if e := s.look(); !e.Effective || len(e.Measured) != 1 || e.Measured[0].Seen != 1 || e.Measured[0].Within != within {
			t.Errorf("%s: %+v", with, e)
		}
	}
}

// What is measured is compared with what was asked for.
func TestASlowDiskIsMeasured(t *testing.T) {
	s := newScene(t, "storage.slow", "delay: 100ms", faulttest.NewNode("mx1"))
	s.do(s.fault.Inject)
	if e := s.look(); len(e.Measured) != 1 || e.Measured[0].Asked != 0.1 || !e.Measured[0].Within {
		t.Errorf("measured %+v", e.Measured)
	}
}
