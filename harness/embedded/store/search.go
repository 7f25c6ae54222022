package store

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/textproto"
)

// search implements SEARCH (RFC 3501, section 6.4.4). Bodies are searched as
// they are stored, without decoding.
func (v *view) search(kind imapserver.NumKind, c *imap.SearchCriteria) (*imap.SearchData, error) {
	var seqs imap.SeqSet
	var uids imap.UIDSet
	all := v.list()
	for _, m := range all {
		ok, err := m.matches(c, last(all))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		uids.AddNum(m.uid)
		if m.seq != 0 {
			seqs.AddNum(m.seq)
		}
	}
	if kind == imapserver.NumKindSeq {
		return &imap.SearchData{All: seqs}, nil
	}
	return &imap.SearchData{All: uids}, nil
}

func (m numbered) matches(c *imap.SearchCriteria, last numbered) (bool, error) {
	if !m.listed(c, last) || !m.dated(c) || !m.flagged(c) {
		return false, nil
	}
	if ok, err := m.contains(c); !ok || err != nil {
		return false, err
	}
	for i := range c.Not {
		if ok, err := m.matches(&c.Not[i], last); ok || err != nil {
			return false, err
		}
	}
	for i := range c.Or {
		first, err := m.matches(&c.Or[i][0], last)
		if err != nil {
			return false, err
		}
		second, err := m.matches(&c.Or[i][1], last)
		if err != nil || !first && !second {
			return false, err
		}
	}
	return true, nil
}

func (m numbered) listed(c *imap.SearchCriteria, last numbered) bool {
	for _, set := range c.SeqNum {
		if !in(set, m, last) {
			return false
		}
	}
	for _, set := range c.UID {
		if !in(set, m, last) {
			return false
		}
	}
	return (c.Larger == 0 || m.size > c.Larger) && (c.Smaller == 0 || m.size < c.Smaller)
}

// dated compares days, as RFC 3501 asks.
func (m numbered) dated(c *imap.SearchCriteria) bool {
	day := m.date.UTC().Truncate(24 * time.Hour)
	return (c.Since.IsZero() || !day.Before(c.Since)) && (c.Before.IsZero() || day.Before(c.Before))
}

func (m numbered) flagged(c *imap.SearchCriteria) bool {
	has := func(f imap.Flag) bool { return slices.Contains(m.flags, lower([]imap.Flag{f})[0]) }
	return !slices.ContainsFunc(c.Flag, func(f imap.Flag) bool { return !has(f) }) && !slices.ContainsFunc(c.NotFlag, has)
}

// contains reads the message only if its text is asked about.
func (m numbered) contains(c *imap.SearchCriteria) (bool, error) {
	if len(c.Header)+len(c.Text)+len(c.Body) == 0 {
		return true, nil
	}
	r, err := m.text()
	if err != nil {
		return false, err
	}
	whole, err := io.ReadAll(r)
	if err != nil {
		return false, err
	}
	header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(whole)))
	if err != nil {
		return false, nil // not a message: it has no fields to match
	}
	for _, field := range c.Header {
		if !hasField(header, field) {
			return false, nil
		}
	}
	_, body, _ := bytes.Cut(whole, []byte("\r\n\r\n"))
	return containsAll(whole, c.Text) && containsAll(body, c.Body), nil
}

func hasField(h textproto.Header, want imap.SearchCriteriaHeaderField) bool {
	for fields := h.FieldsByKey(want.Key); fields.Next(); {
		value, err := new(mime.WordDecoder).DecodeHeader(fields.Value())
		if err != nil {
			value = fields.Value()
		}
		if strings.Contains(strings.ToLower(value), strings.ToLower(want.Value)) {
			return true
		}
	}
	return false
}

func containsAll(text []byte, patterns []string) bool {
	text = bytes.ToLower(text)
	return !slices.ContainsFunc(patterns, func(p string) bool { return !bytes.Contains(text, bytes.ToLower([]byte(p))) })
}
