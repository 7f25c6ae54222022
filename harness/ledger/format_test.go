package ledger

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// A block holds any entries at all, in their order: extreme values, kinds that
// do not exist, texts of any bytes.
func TestAnyEntriesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 100 {
		entries := make([]Entry, 1+r.IntN(1+round*15))
		for i := range entries {
			entries[i] = anyEntry(r, round%3 == 0)
		}
		if got := decoded(t, uint64(round), entries); !slices.Equal(got, entries) {
			for i := range entries {
				if i >= len(got) || got[i] != entries[i] {
					t.Fatalf("round %d: entry %d of %d became %+v, was %+v", round, i, len(entries), got[min(i, len(got)-1)], entries[i])
				}
			}
		}
	}
}

// anyEntry fills fields at random, with wild values or with those of a run.
func anyEntry(r *rand.Rand, wild bool) Entry {
	e := Entry{Kind: Kind(1 + r.IntN(12))}
	v := reflect.ValueOf(&e).Elem()
	for _, name := range []string{"Start", "End", "Sent", "Arrived", "Attempt", "Node", "Verdict", "Phase", "Code", "Enhanced", "Detail",
		"Scan", "Mailbox", "UID", "UIDValidity", "Integrity", "Hops", "Foreign"} {
		if r.IntN(3) > 0 {
			anyValue(r, v.FieldByName(name), wild)
		}
	}
	for i := range v.FieldByName("Copy").NumField() {
		anyValue(r, v.FieldByName("Copy").Field(i), wild)
	}
	return e
}

func anyValue(r *rand.Rand, f reflect.Value, wild bool) {
	n := r.Uint64N(5)
	if wild {
		n = r.Uint64() >> r.IntN(64)
	}
	switch {
	case f.Kind() == reflect.String:
		f.SetString(strings.Repeat("\xff\x00é", int(n%7)) + string(rune('a'+n%26)))
	case f.CanInt():
		f.SetInt(int64(n) * int64(time.Second))
	default:
		f.SetUint(n)
	}
}

// decoded writes a block and reads it back.
func decoded(t *testing.T, first uint64, entries []Entry) []Entry {
	t.Helper()
	var x encoder
	h, err := readPreamble(x.encode(first, entries))
	if err != nil || h.first != first || h.count != uint64(len(entries)) {
		t.Fatalf("preamble %+v, %v", h, err)
	}
	got, err := entriesOf(h, &decoder{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func entriesOf(h preamble, d *decoder) ([]Entry, error) {
	if err := d.open(h); err != nil {
		return nil, err
	}
	var got []Entry
	var r rows
	for more := h.count > 0; more; {
		var p piece
		var err error
		if more, err = d.next(&p); err != nil {
			return nil, err
		}
		if err := r.each(&p, func(e Entry) error { got = append(got, e); return nil }); err != nil {
			return nil, err
		}
	}
	return got, nil
}

// Each field of an entry is in the table once: one that is not would be lost
// without a word.
func TestEveryFieldIsStored(t *testing.T) {
	if len(fields) != fieldCount {
		t.Errorf("%d fields, the constant says %d", len(fields), fieldCount)
	}
	var leaves func(v reflect.Value) int
	leaves = func(v reflect.Value) int {
		if v.Kind() != reflect.Struct {
			return 1
		}
		n := 0
		for i := range v.NumField() {
			n += leaves(v.Field(i))
		}
		return n
	}
	if n := leaves(reflect.ValueOf(Entry{})) - 1; n != len(fields) { // the kind has a column of its own
		t.Errorf("an entry has %d fields beside its kind, %d are stored", n, len(fields))
	}
	for i, f := range stored {
		if f.id != uint64(i+1) {
			t.Errorf("%s has number %d, want %d", f.name, f.id, i+1)
		}
	}
}

// A later version may lengthen the header, and add kinds and fields; what it
// changed otherwise raises the version.
func TestForwardCompatibility(t *testing.T) {
	longer := segmentHeader(1)
	longer = append(longer[:headerLen-crcLen], "new"...)
	longer[len(magic)+2] += 3
	longer = binary.LittleEndian.AppendUint32(longer, crc32.Checksum(longer, castagnoli))
	var x encoder
	e := entry(7)
	known, end := slices.Clone(x.encode(0, []Entry{e, e})), slices.Clone(x.encode(3, nil))
	// Entry 2: a kind and a field that nobody knows yet.
	group := []byte{2, 2, 0, 10, 100, 1, 77, 101, 2, 1, 2} // seq (2) is 5, and fields 100 and 101
	payload := appendBytes([]byte{2, 1}, appendColumn(nil, []int64{99}, 0, 0))
	payload = appendBytes(append(payload, 99, 1), group)
	dir := laid(t, longer, known, payload, end)
	all, torn := read(t, dir)
	if want := []Entry{e, e, {Kind: 99, Copy: Copy{Seq: 5}}}; !slices.Equal(all, want) || torn != "" {
		t.Errorf("read %+v, torn %q", all, torn)
	}
	newer := segmentHeader(1)
	newer[len(magic)]++
	newer = binary.LittleEndian.AppendUint32(newer[:headerLen-crcLen], crc32.Checksum(newer[:headerLen-crcLen], castagnoli))
	r, err := Open(laid(t, newer, known, end))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Each(func(Entry) error { return nil }); err == nil || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("a newer version: %v", err)
	}
}

// laid makes a segment of a header and payloads.
func laid(t testing.TB, head []byte, payloads ...[]byte) string {
	dir := t.TempDir()
	file := slices.Clone(head)
	for _, p := range payloads {
		file = binary.LittleEndian.AppendUint32(file, uint32(len(p)))
		file = binary.LittleEndian.AppendUint32(file, crc32.Checksum(p, castagnoli))
		file = append(file, p...)
	}
	if err := os.WriteFile(filepath.Join(dir, segmentName(1)), file, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Blocks that are missing, twice or out of place are found though each is whole.
func TestBlocksFollowEachOther(t *testing.T) {
	var x encoder
	one, two, end := slices.Clone(x.encode(0, []Entry{entry(1)})), slices.Clone(x.encode(1, []Entry{entry(2)})), slices.Clone(x.encode(2, nil))
	for name, c := range map[string]struct {
		blocks [][]byte
		want   int
		torn   string
	}{
		"whole":     {[][]byte{one, two, end}, 2, ""},
		"missing":   {[][]byte{one, end}, 1, "should begin with entry 1, and begins with 2"},
		"twice":     {[][]byte{one, one, two, end}, 1, "should begin with entry 1, and begins with 0"},
		"after end": {[][]byte{one, two, end, two}, 2, "follows the end mark"},
		"no end":    {[][]byte{one, two}, 2, "was not closed"},
	} {
		all, torn := read(t, laid(t, segmentHeader(1), c.blocks...))
		if len(all) != c.want || !strings.Contains(torn, c.torn) || (torn == "") != (c.torn == "") {
			t.Errorf("%s: %d entries, torn %q", name, len(all), torn)
		}
	}
	if _, torn := read(t, laid(t, segmentHeader(2), one, two, end)); !strings.Contains(torn, "it is number 2, not 1") {
		t.Errorf("a segment in the place of another: torn %q", torn)
	}
}

// Kinds that nobody asked for are left out, whatever the scanner is.
func TestEachOfSomeKinds(t *testing.T) {
	entries := make([]Entry, 3000)
	for i := range entries {
		entries[i] = Entry{Kind: []Kind{Intent, Outcome, Seen}[i%3], Copy: Copy{Seq: uint32(i)}, Detail: strings.Repeat("x", i%5)}
	}
	want := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Kind == Outcome })
	dir := t.TempDir()
	l, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Record(entries...); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Scanner{"reader": r, "any": inMemory(entries)} {
		var got []Entry
		if err := EachOf(s, []Kind{Seen, Intent}, func(e Entry) error { got = append(got, e); return nil }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d entries, want %d", name, len(got), len(want))
		}
	}
}

// Who asks for it gets some kinds without their long texts.
func TestTerse(t *testing.T) {
	e := entry(1)
	seen := Entry{Kind: Seen, Detail: "bit 3 of line 7", Hops: "mx1 4Z", Node: "store"}
	dir := t.TempDir()
	l, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Record(e, seen), l.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r.Terse(Outcome, Try)
	var got []Entry
	if err := r.Each(func(e Entry) error { got = append(got, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if e.Detail = ""; !slices.Equal(got, []Entry{e, seen}) {
		t.Errorf("%+v", got)
	}
}

// inMemory is a Scanner.
type inMemory []Entry

func (m inMemory) Torn() string { return "" }

func (m inMemory) Each(f func(Entry) error) error {
	for _, e := range m {
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

// Whatever a block says, the decoder ends, in bounded memory, and what it takes
// for entries can be written again.
func FuzzDecoder(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 20 {
		var x encoder
		entries := make([]Entry, n)
		for i := range entries {
			entries[i] = anyEntry(r, n%2 == 0)
		}
		f.Add(slices.Clone(x.encode(uint64(n), entries)))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		h, err := readPreamble(payload)
		if err != nil || h.count > 1<<16 {
			return
		}
		got, err := entriesOf(h, &decoder{})
		if err != nil {
			return
		}
		if uint64(len(got)) != h.count {
			t.Fatalf("%d entries of %d", len(got), h.count)
		}
		if h.count == 0 {
			return
		}
		if again := decoded(t, h.first, got); !slices.Equal(again, got) {
			t.Fatal("what was read is not what is written again")
		}
	})
}
