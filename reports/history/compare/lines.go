package compare

import (
	"bytes"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// longest is the largest scenario file that is looked at, in bytes.
const longest = 1 << 20

// lines gives the lines in which two scenario files differ. said tells why they
// were not compared.
func lines(a, b []byte) (differ, said string) {
	switch {
	case a == nil && b == nil:
		return "", ""
	case a == nil || b == nil:
		return "", "only one of the runs has its scenario.yaml: its lines are not compared"
	case len(a) > longest || len(b) > longest:
		return "", "a scenario.yaml is larger than 1 MiB: its lines are not compared"
	case bytes.Equal(a, b):
		return "", ""
	}
	out := string(diff.Diff("before", a, "now", b))
	_, out, _ = strings.Cut(out, "\n") // the first line names a command that nobody ran
	return out, ""
}
