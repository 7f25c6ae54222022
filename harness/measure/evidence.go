package measure

import (
	"fmt"
	"strings"

	"maildrill/harness/record"
)

// evidenced is the gate of audit runs: what people have to say is said, and the
// servers were real. It is asked before the run starts too; a run that came
// past that cannot pass here.
func (q *inquiry) evidenced() (wrong, well string) {
	spec := q.story.spec
	if !spec.Audit {
		return "", "not an audit run"
	}
	var said []string
	if spec.Simulated {
		said = append(said, "an audit run on simulated servers is evidence of nothing")
	}
	for _, w := range spec.Evidence.Wanting() {
		said = append(said, fmt.Sprintf("%s (evidence.%s): %s", w.Field, w.Path, w.Why))
	}
	return strings.Join(said, "; "), "an audit run, with " + strings.Join(record.Demanded(), ", ")
}
