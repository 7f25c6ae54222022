package ledger

// Stats is what a ledger consists of.
type Stats struct {
	Segments int            `json:"segments"`
	Blocks   int            `json:"blocks"`
	Bytes    int64          `json:"bytes"` // of the blocks that could be read
	Entries  int64          `json:"entries"`
	Kinds    map[string]int `json:"kinds"`          // entries by name of the kind
	Torn     string         `json:"torn,omitempty"` // where and why reading ended early
}

// Stats counts the entries, and decodes none of them.
func (r *Reader) Stats() (Stats, error) {
	s := Stats{Segments: len(r.segments), Kinds: map[string]int{}}
	d := decoder{wanted: []Kind{}}
	var kinds [256]int64
	w := walker{segments: r.segments}
	err := w.each(func(h preamble, size int) error {
		if err := d.open(h); err != nil {
			return err
		}
		d.count(&kinds)
		s.Blocks++
		s.Bytes += int64(size)
		s.Entries += int64(h.count)
		return nil
	})
	for k, n := range kinds {
		if n > 0 {
			s.Kinds[Kind(k).String()] = int(n)
		}
	}
	r.torn, s.Torn = w.torn, w.torn
	return s, err
}
