package register

import (
	"bytes"
	"encoding/json"
	"fmt"

	"maildrill/reports/evidence/keys"
)

// pending is an append that has been decided: it is written before anything else,
// and from then on it is completed, never taken back, because its checkpoint is
// signed and a register signs no two heads of one size.
type pending struct {
	Leaves     string `json:"leaves"` // whole lines
	Checkpoint string `json:"checkpoint"`
}

func (p pending) marshal() ([]byte, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("prepare the append: %w", err)
	}
	return append(b, '\n'), nil
}

// complete gives the register with a pending append in it. One that does not fit
// is a defect, and changes nothing.
func (v *View) complete(f Files, key keys.Public) Files {
	if len(f.Pending) == 0 {
		return f
	}
	var p pending
	if err := json.Unmarshal(f.Pending, &p); err != nil {
		v.defect(pendingFile, "", "it cannot be read: %v", err)
		return f
	}
	next, err := readOwn([]byte(p.Checkpoint), key)
	if err != nil {
		v.defect(pendingFile, "", "its checkpoint: %v", err)
		return f
	}
	if bytes.Equal(f.Checkpoint, []byte(p.Checkpoint)) {
		return f // it was done, and the file not yet removed
	}
	before := next.Size - int64(bytes.Count([]byte(p.Leaves), []byte("\n")))
	if now, err := readOwn(f.Checkpoint, key); err != nil || now.Size != before {
		v.defect(pendingFile, "", "it follows the checkpoint of %d leaves, and that is not the one that is here", before)
		return f
	}
	kept, rest, ok := cutLines(f.Leaves, before)
	if !ok || !bytes.HasPrefix([]byte(p.Leaves), rest) {
		v.defect(pendingFile, "", "it adds leaves %d to %d, and %s is not what it adds them to", before, next.Size-1, LeavesFile)
		return f
	}
	v.Cut = true
	return Files{Leaves: append(bytes.Clone(kept), p.Leaves...), Checkpoint: []byte(p.Checkpoint)}
}

// cutLines splits behind the n-th line.
func cutLines(text []byte, n int64) (first, rest []byte, ok bool) {
	at := 0
	for ; n > 0; n-- {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return nil, nil, false
		}
		at += i + 1
	}
	return text[:at], text[at:], true
}
