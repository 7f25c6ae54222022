package store

import (
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// view is a mailbox as one session sees it: sequence numbers change only when
// the session was told.
type view struct {
	box      *box
	tracker  *imapserver.SessionTracker
	readOnly bool // EXAMINE: nothing that it does leaves a trace
}

func (b *box) open(readOnly bool) (*view, *imap.SelectData) {
	b.mu.Lock()
	defer b.mu.Unlock()
	flags := []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft}
	permanent := append(slices.Clone(flags), imap.FlagWildcard)
	if readOnly {
		permanent = nil
	}
	return &view{box: b, tracker: b.tracker.NewSession(), readOnly: readOnly}, &imap.SelectData{
		Flags: flags, PermanentFlags: permanent,
		NumMessages: uint32(len(b.messages)), UIDNext: b.next, UIDValidity: b.validity,
	}
}

func (b *box) status(o *imap.StatusOptions) *imap.StatusData {
	b.mu.Lock()
	defer b.mu.Unlock()
	var unseen, deleted, recent uint32
	var size int64
	for _, m := range b.messages {
		size += m.size
		if !m.has(imap.FlagSeen) {
			unseen++
		}
		if m.has(imap.FlagDeleted) {
			deleted++
		}
	}
	count := uint32(len(b.messages))
	d := &imap.StatusData{Mailbox: b.name, UIDNext: b.next, UIDValidity: b.validity}
	wanted(o.NumMessages, &d.NumMessages, &count)
	wanted(o.NumUnseen, &d.NumUnseen, &unseen)
	wanted(o.NumDeleted, &d.NumDeleted, &deleted)
	wanted(o.NumRecent, &d.NumRecent, &recent)
	wanted(o.Size, &d.Size, &size)
	return d
}

func wanted[T any](asked bool, to **T, value *T) {
	if asked {
		*to = value
	}
}

// numbered is a message with the sequence number it has for the session; 0: the
// session was not told of it yet.
type numbered struct {
	*message
	seq   uint32
	flags []imap.Flag
}

// list gives the messages as they are now.
func (v *view) list() []numbered {
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	all := make([]numbered, 0, len(v.box.messages))
	for i, m := range v.box.messages {
		all = append(all, numbered{m, v.tracker.EncodeSeqNum(uint32(i) + 1), m.flags})
	}
	return all
}

// pick gives the messages of a set; "*" is the last one (RFC 3501, section 9).
func (v *view) pick(set imap.NumSet) []numbered {
	all := v.list()
	return slices.DeleteFunc(all, func(m numbered) bool { return !in(set, m, last(all)) })
}

func last(all []numbered) numbered {
	if len(all) == 0 {
		return numbered{message: &message{}}
	}
	return all[len(all)-1]
}

func in(set imap.NumSet, m, last numbered) bool {
	switch set := set.(type) {
	case imap.UIDSet:
		return slices.ContainsFunc(set, func(r imap.UIDRange) bool {
			return between(uint32(m.uid), uint32(r.Start), uint32(r.Stop), uint32(last.uid))
		})
	case imap.SeqSet:
		return m.seq != 0 && slices.ContainsFunc(set, func(r imap.SeqRange) bool {
			return between(m.seq, r.Start, r.Stop, last.seq)
		})
	}
	return false
}

// between resolves "*", which the library gives as 0.
func between(n, start, stop, last uint32) bool {
	if start == 0 {
		start = last
	}
	if stop == 0 {
		stop = last
	}
	return min(start, stop) <= n && n <= max(start, stop)
}

// seenFlag is the flag Seen in the form that is kept.
const seenFlag imap.Flag = "\\seen"

func (v *view) fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	seen := !v.readOnly && slices.ContainsFunc(o.BodySection, func(s *imap.FetchItemBodySection) bool { return !s.Peek })
	for _, m := range v.pick(set) {
		if m.seq == 0 {
			continue // it has no number yet that the client would understand
		}
		if seen && !slices.Contains(m.flags, seenFlag) {
			m.flags = v.change(m, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil)
		}
		if err := m.answer(w.CreateMessage(m.seq), o); err != nil {
			return err
		}
	}
	return nil
}

// answer writes one FETCH response.
func (m numbered) answer(w *imapserver.FetchResponseWriter, o *imap.FetchOptions) error {
	w.WriteUID(m.uid)
	if o.Flags {
		w.WriteFlags(m.flags)
	}
	if o.InternalDate {
		w.WriteInternalDate(m.date)
	}
	if o.RFC822Size {
		w.WriteRFC822Size(m.size)
	}
	if len(o.BodySection) > 0 || o.BodyStructure != nil {
		if err := m.body(w, o); err != nil {
			return err
		}
	}
	return w.Close()
}

func (m numbered) body(w *imapserver.FetchResponseWriter, o *imap.FetchOptions) error {
	text, err := m.text()
	if err != nil {
		return err
	}
	if o.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(text))
	}
	for _, section := range o.BodySection {
		if _, err := text.Seek(0, io.SeekStart); err != nil {
			return err
		}
		part := imapserver.ExtractBodySection(text, section)
		out := w.WriteBodySection(section, int64(len(part)))
		if _, err := out.Write(part); err != nil {
			return err
		}
		if err := out.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) store(w *imapserver.FetchWriter, set imap.NumSet, f *imap.StoreFlags) error {
	for _, m := range v.pick(set) {
		v.change(m, f, v.tracker)
	}
	if f.Silent {
		return nil
	}
	return v.fetch(w, set, &imap.FetchOptions{Flags: true})
}

// change alters the flags of a message and tells the sessions, but for the one
// that did it.
func (v *view) change(m numbered, f *imap.StoreFlags, by *imapserver.SessionTracker) []imap.Flag {
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	m.message.change(f)
	if i := slices.Index(v.box.messages, m.message); i >= 0 {
		v.box.tracker.QueueMessageFlags(uint32(i)+1, m.uid, m.message.flags, by)
	}
	return m.message.flags
}

func (v *view) copy(set imap.NumSet, to *box) (*imap.CopyData, error) {
	data := &imap.CopyData{UIDValidity: to.validity}
	for _, m := range v.pick(set) {
		text, err := m.text()
		if err != nil {
			return nil, err
		}
		whole, err := io.ReadAll(text)
		if err != nil {
			return nil, err
		}
		added, err := to.add(whole, &imap.AppendOptions{Flags: m.flags, Time: m.date})
		if err != nil {
			return nil, err
		}
		data.SourceUIDs.AddNum(m.uid)
		data.DestUIDs.AddNum(added.UID)
	}
	if len(data.SourceUIDs) == 0 {
		return nil, nil // there is nothing that COPYUID could name
	}
	return data, nil
}
