package ledger

import (
	"cmp"
	"slices"
	"time"
)

// field is one field of an entry: its number in the file, its name in JSON, and
// how to reach it. Numbers in the file are for ever; a new field gets the next one.
type field struct {
	id   uint64
	name string
	form form

	// Of numbers: one value, or many out of entries and into others.
	get     func(*Entry) int64
	set     func(*Entry, int64)
	gather  func(out []int64, all []Entry, which []int32)
	scatter func(rows []Entry, values []int64)
	unit    int64 // differences are multiples of it as a rule
	fromEnd bool  // small as a distance from End

	// Of texts.
	text  func(*Entry) *string
	write func(rows []Entry, texts []string)
	long  bool // seldom the same twice
	place int  // in stored
}

// form is how JSON writes a number.
type form struct {
	seconds bool             // as decimal seconds
	names   map[int64]string // by name, where it has one
}

// fields are in the order in which people read them.
var fields = []field{
	number(1, "stream", form{names: streamNames}, func(e *Entry) *uint16 { return &e.Copy.Stream }),
	number(2, "seq", form{}, func(e *Entry) *uint32 { return &e.Copy.Seq }),
	number(3, "rcpt", form{}, func(e *Entry) *uint16 { return &e.Copy.Rcpt }),
	fromEnd(number(5, "start", form{seconds: true}, func(e *Entry) *time.Duration { return &e.Start })),
	fromEnd(number(6, "sent", form{seconds: true}, func(e *Entry) *time.Duration { return &e.Sent })),
	number(endField, "end", form{seconds: true}, func(e *Entry) *time.Duration { return &e.End }),
	text(9, "node", func(e *Entry) *string { return &e.Node }),
	number(10, "verdict", form{names: verdictNames}, func(e *Entry) *Verdict { return &e.Verdict }),
	number(11, "phase", form{names: phaseNames}, func(e *Entry) *Phase { return &e.Phase }),
	number(12, "code", form{}, func(e *Entry) *uint16 { return &e.Code }),
	text(13, "enhanced", func(e *Entry) *string { return &e.Enhanced }),
	number(15, "scan", form{}, func(e *Entry) *uint16 { return &e.Scan }),
	text(16, "mailbox", func(e *Entry) *string { return &e.Mailbox }),
	number(17, "uid", form{}, func(e *Entry) *uint32 { return &e.UID }),
	number(18, "uidvalidity", form{}, func(e *Entry) *uint32 { return &e.UIDValidity }),
	number(19, "integrity", form{names: integrityNames}, func(e *Entry) *Integrity { return &e.Integrity }),
	stepped(number(7, "arrived", form{seconds: true}, func(e *Entry) *time.Duration { return &e.Arrived }), time.Second),
	number(8, "attempt", form{}, func(e *Entry) *uint16 { return &e.Attempt }),
	long(text(20, "hops", func(e *Entry) *string { return &e.Hops })),
	text(21, "foreign", func(e *Entry) *string { return &e.Foreign }),
	number(22, "size", form{}, func(e *Entry) *uint32 { return &e.Size }),
	number(23, "unmarked", form{}, func(e *Entry) *uint8 { return &e.Unmarked }),
	long(text(14, "detail", func(e *Entry) *string { return &e.Detail })),
}

const (
	endField   = 4
	fieldCount = 23
)

// stored are the fields in the order of the file, in which End precedes those
// that are measured from it.
var stored = inOrder(fields)

func inOrder(fields []field) []field {
	sorted := slices.SortedFunc(slices.Values(fields), func(a, b field) int { return cmp.Compare(a.id, b.id) })
	for i := range sorted {
		sorted[i].place = i
	}
	return sorted
}

// known finds a field by its number; nil if this version does not know it.
func known(id uint64) *field {
	i, ok := slices.BinarySearchFunc(stored, id, func(f field, id uint64) int { return cmp.Compare(f.id, id) })
	if !ok {
		return nil
	}
	return &stored[i]
}

func number[T ~uint8 | ~uint16 | ~uint32 | ~int64](id uint64, name string, as form, at func(*Entry) *T) field {
	return field{id: id, name: name, form: as,
		get: func(e *Entry) int64 { return int64(*at(e)) },
		set: func(e *Entry, v int64) { *at(e) = T(v) },
		gather: func(out []int64, all []Entry, which []int32) {
			for i, k := range which {
				out[i] = int64(*at(&all[k]))
			}
		},
		scatter: func(rows []Entry, values []int64) {
			for i, v := range values {
				*at(&rows[i]) = T(v)
			}
		},
	}
}

func text(id uint64, name string, at func(*Entry) *string) field {
	return field{id: id, name: name, text: at,
		write: func(rows []Entry, texts []string) {
			for i, s := range texts {
				*at(&rows[i]) = s
			}
		},
	}
}

func fromEnd(f field) field {
	f.fromEnd = true
	return f
}

func stepped(f field, unit time.Duration) field {
	f.unit = int64(unit)
	return f
}

func long(f field) field {
	f.long = true
	return f
}
