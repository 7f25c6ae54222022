package faults

import "time"

// DiskSpec disturbs the file system of one of the node's volumes that are on
// devices of their own.
type DiskSpec struct {
	Volume string  `json:"volume"`
	Do     DiskDo  `json:"do"`
	Free   int64   `json:"free,omitempty"`  // fill: bytes, exhaust: inodes that are left
	Delay  int64   `json:"delay,omitempty"` // slow: ns, before each open, read and write
	Share  float64 `json:"share,omitempty"` // fail: of all opens, reads and writes, 0 to 1
	// Lasting: the end of the rule does not put back what was lost.
	Lasting bool `json:"lasting,omitempty"`
}

// DiskDo is what is done to a file system.
type DiskDo string

const (
	DiskFill    DiskDo = "fill"    // a file of ours takes all room but Free
	DiskExhaust DiskDo = "exhaust" // empty files of ours take all inodes but Free
	DiskLock    DiskDo = "lock"    // it is read-only
	DiskFail    DiskDo = "fail"    // some accesses end with an I/O error
	DiskSlow    DiskDo = "slow"    // each access waits
	DiskLose    DiskDo = "lose"    // an empty file system is in its place
	DiskUnmount DiskDo = "unmount" // the folder beneath is in its place
	DiskSave    DiskDo = "save"    // its state is kept beside it
	// DiskRollBack puts back what the rule with the id [SavedFor] keeps. Its
	// counters are files_gone, those that had come since, and files_back.
	DiskRollBack DiskDo = "roll back"
)

// SavedFor is the id of the rule that keeps a state for a rollback.
func SavedFor(id string) string { return id + "-saved" }

// delay is [DiskSpec.Delay] as a duration.
func (s DiskSpec) delay() time.Duration { return time.Duration(s.Delay) }
