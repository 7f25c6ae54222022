package stored

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// task is one operation that was chosen: what is ordered, and what of the books
// it touches.
type task struct {
	order  ledger.StateOperation
	folder *folder
	target *folder // of copy and move
	mail   *mail
	text   text // of append
}

// operation is one kind of change. plan chooses what to do it to, nil if there
// is nothing; carry orders it; done keeps the books when it was acknowledged.
type operation struct {
	kind   string
	weight int
	plan   func(*worker) *task
	carry  carrier
	done   func(*worker, *task, assigned)
}

// operations with the share that each has. Flags change most in real mailboxes.
var operations = []operation{
	{ledger.OpAddFlags, 5, (*worker).planAddFlag, (*worker).storeFlags, func(_ *worker, t *task, _ assigned) { t.reflag(true) }},
	{ledger.OpRemoveFlags, 3, (*worker).planRemoveFlag, (*worker).storeFlags, func(_ *worker, t *task, _ assigned) { t.reflag(false) }},
	{ledger.OpAppend, 4, (*worker).planAppend, (*worker).append, func(_ *worker, t *task, a assigned) {
		t.folder.add(&mail{seq: t.text.seq, uid: a.uid, digest: t.text.digest, flags: flagSet(t.text.flags)})
	}},
	{ledger.OpCopy, 3, (*worker).planTransfer, (*worker).copy, func(_ *worker, t *task, a assigned) { t.arrive(a) }},
	{ledger.OpMove, 3, (*worker).planMove, (*worker).move, func(_ *worker, t *task, a assigned) { t.arrive(a); t.folder.drop(t.mail) }},
	{ledger.OpExpunge, 3, (*worker).planExpunge, (*worker).expunge, func(_ *worker, t *task, _ assigned) { t.folder.drop(t.mail) }},
	{ledger.OpCreate, 1, (*worker).planCreate, (*worker).create, func(w *worker, t *task, _ assigned) { w.folders = append(w.folders, t.folder) }},
	{ledger.OpRename, 1, (*worker).planRename, (*worker).rename, func(_ *worker, t *task, _ assigned) { t.folder.name = t.order.Target }},
	{ledger.OpSubscribe, 1, func(w *worker) *task { return w.planSubscription(true) }, (*worker).subscribe, func(_ *worker, t *task, _ assigned) { t.folder.subbed = true }},
	{ledger.OpUnsubscribe, 1, func(w *worker) *task { return w.planSubscription(false) }, (*worker).unsubscribe, func(_ *worker, t *task, _ assigned) { t.folder.subbed = false }},
	{ledger.OpPOPDelete, 1, (*worker).planPOPDelete, (*worker).popDelete, func(_ *worker, t *task, _ assigned) { t.folder.drop(t.mail) }},
}

// foldersMost bounds how many folders are made.
const foldersMost = 20

// choose draws a kind by its weight, and what to do it to. A kind that has
// nothing to be done to is drawn again.
func (w *worker) choose() (operation, *task) {
	total := 0
	for _, o := range operations {
		total += o.weight
	}
	for range 20 {
		n := w.random.IntN(total)
		for _, o := range operations {
			if n -= o.weight; n >= 0 {
				continue
			}
			if t := o.plan(w); t != nil {
				t.order.Kind = o.kind
				return o, t
			}
			break
		}
	}
	return operation{}, nil
}

func (w *worker) on(f *folder, m *mail) *task {
	t := &task{folder: f, mail: m, order: ledger.StateOperation{Folder: f.name, UIDValidity: f.validity}}
	if m != nil {
		t.order.UID, t.order.Seq, t.order.Digest = m.uid, m.seq, m.digest
	}
	return t
}

func (w *worker) planAddFlag() *task {
	flag := pick(w, slices.Concat(systemFlags, keywords))
	f, m := w.message(func(_ *folder, m *mail) bool { return !m.flags[strings.ToLower(flag)] })
	return w.flagged(f, m, flag)
}

func (w *worker) planRemoveFlag() *task {
	flag := pick(w, slices.Concat(systemFlags, keywords))
	f, m := w.message(func(_ *folder, m *mail) bool { return m.flags[strings.ToLower(flag)] })
	return w.flagged(f, m, flag)
}

func (w *worker) flagged(f *folder, m *mail, flag string) *task {
	if m == nil {
		return nil
	}
	t := w.on(f, m)
	t.order.Flags = []string{flag}
	return t
}

func (t *task) reflag(set bool) {
	for _, f := range t.order.Flags {
		t.mail.flags[strings.ToLower(f)] = set
	}
}

func (w *worker) planAppend() *task {
	folders := w.usable(func(*folder) bool { return true })
	if len(folders) == 0 {
		return nil
	}
	t := w.on(pick(w, folders), nil)
	t.text = w.compose()
	t.order.Seq, t.order.Digest, t.order.Flags = t.text.seq, t.text.digest, t.text.flags
	t.order.Date, t.order.Size = t.text.date.Unix(), int64(len(t.text.bytes))
	return t
}

// planTransfer copies only where the message never was: two of one number in
// one folder could not be told apart.
func (w *worker) planTransfer() *task {
	f, m := w.message(func(*folder, *mail) bool { return true })
	if m == nil {
		return nil
	}
	targets := w.usable(func(to *folder) bool { return to != f && !to.tried[m.seq] })
	if len(targets) == 0 {
		return nil
	}
	t := w.on(f, m)
	t.target = pick(w, targets)
	t.order.Target = t.target.name
	return t
}

func (w *worker) planMove() *task {
	if w.session != nil && !w.session.moves() {
		return nil
	}
	return w.planTransfer()
}

// arrive keeps the books of a copy. Its flags are not known: they only SHOULD
// be kept.
func (t *task) arrive(a assigned) {
	t.target.add(&mail{seq: t.mail.seq, uid: a.uid, digest: t.mail.digest, flags: map[string]bool{}})
}

// planExpunge leaves at least half of the corpus, for else there would be
// nothing left whose loss could be seen.
func (w *worker) planExpunge() *task {
	if w.stock() <= w.Messages/2 {
		return nil
	}
	f, m := w.message(func(*folder, *mail) bool { return true })
	if m == nil {
		return nil
	}
	return w.on(f, m)
}

func (w *worker) planCreate() *task {
	if len(w.folders) >= foldersMost {
		return nil
	}
	return w.on(newFolder(fmt.Sprintf("Drill-%d", w.orders.Load()+1)), nil)
}

func (w *worker) planRename() *task {
	folders := w.usable(func(f *folder) bool { return !f.fixed })
	if len(folders) == 0 {
		return nil
	}
	t := w.on(pick(w, folders), nil)
	t.order.Target = fmt.Sprintf("Renamed-%d", w.orders.Load()+1)
	return t
}

// planSubscription changes folders of the corpus only: whether a subscription
// follows a RENAME is the server's choice (RFC 9051, section 6.3.6).
func (w *worker) planSubscription(on bool) *task {
	folders := w.usable(func(f *folder) bool { return f.fixed && f.subbed != on && f.name != inbox })
	if !w.canSubscribe || len(folders) == 0 {
		return nil
	}
	return w.on(pick(w, folders), nil)
}

// planPOPDelete removes what the manifest from before has a unique-id for.
func (w *worker) planPOPDelete() *task {
	if w.noPOP != "" || w.stock() <= w.Messages/2 {
		return nil
	}
	f, m := w.message(func(f *folder, m *mail) bool { return f.name == inbox && w.uidl[m.seq] != "" })
	if m == nil {
		return nil
	}
	return w.on(f, m)
}
