package history

import (
	"cmp"
	"slices"
)

// ByTime is the order of runs: by start, then by folder.
func ByTime(a, b Run) int {
	return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Folder, b.Folder))
}

// MarkCopies sets CopyOf anew: where a folder holds the same run as one before it in
// the order of their names: a run counts once, however often it was copied.
func MarkCopies(runs []Run) {
	first := map[string]string{}
	for _, i := range byFolder(runs) {
		r := &runs[i]
		r.CopyOf = ""
		if !r.HasRecord() || r.ID == "" {
			continue
		}
		if original, seen := first[r.ID]; seen {
			r.CopyOf = original
			continue
		}
		first[r.ID] = r.Folder
	}
}

// byFolder gives the places of the runs in the order of their folders. A folder
// that bears the run's own name comes first: it is the original.
func byFolder(runs []Run) []int {
	places := make([]int, len(runs))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int {
		x, y := runs[a], runs[b]
		return cmp.Or(bit(x.Folder != x.ID)-bit(y.Folder != y.ID), cmp.Compare(x.Folder, y.Folder))
	})
	return places
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
