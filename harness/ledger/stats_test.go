package ledger

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestStats(t *testing.T) {
	dir, path := filled(t, 3)
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Stats()
	want := Stats{Segments: 1, Blocks: 3, Bytes: s.Bytes, Entries: 3, Kinds: map[string]int{"outcome": 3}}
	if err != nil || !reflect.DeepEqual(s, want) || s.Bytes == 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if err := os.Truncate(path, int64(blocks(t, path)[2])); err != nil {
		t.Fatal(err)
	}
	if s, err = r.Stats(); err != nil || s.Entries != 2 || !strings.Contains(s.Torn, "not closed") || r.Torn() != s.Torn {
		t.Errorf("torn: %+v, %v", s, err)
	}
}
