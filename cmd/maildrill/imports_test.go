package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// layers is who may import whom: a package may import those of lower layers
// only. A prefix stands for its sub-packages, which may import each other.
var layers = map[string]int{
	"cmd/maildrill":       6,
	"harness/console":     5,
	"harness/calibrate":   5,
	"harness/gameday":     5,
	"harness/programme":   5,
	"harness/campaign":    4,
	"harness/suggest":     4,
	"harness":             4,
	"reports":             4,
	"reports/history":     5,
	"reports/evidence":    4, // it makes no report itself: the formats are handed in
	"harness/docker":      3,
	"harness/embedded":    3,
	"harness/planning":    3,
	"reports/controls":    3,
	"faults/faulttest":    3, // its fake node plays the real proxies
	"harness/action":      2,
	"harness/agent":       2,
	"harness/measure":     2,
	"harness/probe":       2,
	"harness/security":    2,
	"harness/stored":      2,
	"harness/workload":    2,
	"harness/control":     1,
	"harness/esmtp":       1,
	"harness/exercise":    2,
	"harness/inspect":     2,
	"harness/intake":      1, // and below it compose, the only one that knows Compose files
	"harness/hostload":    1,
	"harness/mx":          1,
	"harness/topology":    1,
	"harness/browsertest": 0,
	"harness/starttls":    0,
	"faults":              0,
	"harness/identity":    0,
	"harness/ledger":      0,
	"harness/pause":       0,
	"harness/rawsearch":   0,
	"harness/record":      0,
	"scenarios":           0,

	"harness/gameday/channel": 2,
}

// outside says which of our packages may import which module: each in a few
// places, so that replacing it is one folder's work.
var outside = map[string][]string{
	"gopkg.in/yaml.v3": {"scenarios", "reports/controls"},
	"github.com/testcontainers/testcontainers-go": {"harness/docker"},
	"github.com/docker/docker":                    {"harness/docker", "harness/agent"},
	"github.com/google/nftables":                  {"harness/agent"},
	"github.com/spf13/cobra":                      {"cmd/maildrill"},
	"codeberg.org/go-pdf/fpdf":                    {"reports"}, // reports/pdf
	"golang.org/x/image":                          {"reports"}, // reports/pdf and figure
	"modernc.org/sqlite":                          {"reports/history"},
	"github.com/rogpeppe/go-internal":             {"reports/history"}, // the lines of two scenarios
	"github.com/compose-spec/compose-go":          {"harness/intake"},
	"github.com/adhocore/gronx":                   {"scenarios"},
	"github.com/arran4/golang-ical":               {"harness/programme", "reports"}, // reports/exercise
	"golang.org/x/mod":                            {"reports/evidence"},
	"golang.org/x/crypto":                         {"reports/evidence"},
}

func TestImportsGoStrictlyDown(t *testing.T) {
	for _, p := range goList(t) {
		room, layer := roomOf(t, p.ImportPath)
		for _, imported := range p.Imports {
			checkOurs(t, p.ImportPath, room, layer, imported)
			checkOutside(t, p.ImportPath, room, imported)
		}
	}
}

func checkOurs(t *testing.T, from, room string, layer int, imported string) {
	if !strings.HasPrefix(imported, "maildrill/") {
		return
	}
	target, below := roomOf(t, imported)
	if target != room && below >= layer {
		t.Errorf("%s (layer %d) imports %s (layer %d)", from, layer, imported, below)
	}
}

func checkOutside(t *testing.T, from, room, imported string) {
	for module, rooms := range outside {
		if imported != module && !strings.HasPrefix(imported, module+"/") {
			continue
		}
		ok := false
		for _, r := range rooms {
			ok = ok || r == room
		}
		if !ok {
			t.Errorf("%s imports %s, which belongs to %v", from, imported, rooms)
		}
	}
}

// roomOf finds the entry of the table that is the package or its nearest
// parent.
func roomOf(t *testing.T, path string) (string, int) {
	rest := strings.TrimPrefix(path, "maildrill/")
	for room := rest; ; {
		if layer, ok := layers[room]; ok {
			return room, layer
		}
		i := strings.LastIndex(room, "/")
		if i < 0 {
			t.Fatalf("package %s is not in the layer table", path)
		}
		room = room[:i]
	}
}

type listed struct {
	ImportPath string
	Imports    []string
}

func goList(t *testing.T) []listed {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "maildrill/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
