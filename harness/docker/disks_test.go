package docker

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"maildrill/faults"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// TestDisksAreTheVolumesWithASize: no other volume is a file system of its own.
func TestDisksAreTheVolumesWithASize(t *testing.T) {
	n := topology.Node{Volumes: []topology.Volume{
		{Name: "queue", Path: "/var/spool/postfix"},
		{Name: "mail", Path: "/srv/mail", Size: leastSize},
	}}
	got, err := disksOf(n)
	if want := map[string]string{"mail": "/srv/mail"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("disksOf = %v, %v; want %v", got, err, want)
	}
	n.Volumes[1].Size--
	if _, err := disksOf(n); err == nil || !strings.Contains(err.Error(), "volume mail: 16777215 bytes are too few") {
		t.Errorf("a byte less: %v", err)
	}
	if leastSize != scenarios.LeastDisk {
		t.Errorf("files are held to %d bytes, the runtime to %d", scenarios.LeastDisk, leastSize)
	}
}

// looked is a node whose disks are as given.
type looked struct {
	faults.PowerCutter
	disks []faults.Disk
	err   error
}

func (l looked) Disks(context.Context) ([]faults.Disk, error) { return l.disks, l.err }

// TestTheDoctorBelievesNoDiskUnseen: none, another state, and no answer are
// each an error.
func TestTheDoctorBelievesNoDiskUnseen(t *testing.T) {
	shut := func(d faults.Disk) bool { return d.Shut }
	for name, n := range map[string]looked{
		"no disk":      {},
		"still alive":  {disks: []faults.Disk{{Mounted: true}}},
		"one too many": {disks: []faults.Disk{{Shut: true}, {Shut: true}}},
		"no answer":    {disks: []faults.Disk{{Shut: true}}, err: errors.New("no answer")},
	} {
		if onlyDisk(t.Context(), n, shut) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := onlyDisk(t.Context(), looked{disks: []faults.Disk{{Shut: true}}}, shut); err != nil {
		t.Errorf("shut: %v", err)
	}
}
