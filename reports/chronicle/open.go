package chronicle

import "maildrill/harness/record"

// Run is all that a report is made from: reports are pure functions of it.
type Run struct {
	Bytes     []byte // record.json as it is
	Record    record.Record
	Chronicle Chronicle
}

// Open reads a run folder. Only a record must be there. Addresses are masked
// unless they are asked for.
func Open(folder string, addresses bool) (Run, error) { return Run{}, nil }
