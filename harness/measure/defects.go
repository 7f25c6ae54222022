package measure

import "fmt"

// defects are places where the instrument's own books do not balance. Only
// the first few are spelled out.
type defects struct {
	kept []string
	more int
}

const defectsKept = 10

func (d *defects) add(format string, args ...any) {
	if len(d.kept) == defectsKept {
		d.more++
		return
	}
	d.kept = append(d.kept, fmt.Sprintf(format, args...))
}

// list spells them out.
func (d defects) list() []string {
	if d.more == 0 {
		return d.kept
	}
	return append(d.kept[:len(d.kept):len(d.kept)], fmt.Sprintf("and %d more", d.more))
}
